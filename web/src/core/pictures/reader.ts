// SPDX-License-Identifier: AGPL-3.0-only
/** Reads bytes one after the other. */

/** The bytes are not what they should be. */
export class Refused extends Error {
  override name = "Refused";
}

export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** @throws Refused at the end */
  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new Refused("cut off");
    this.#at += 1;
    return value;
  }

  /** An unsigned number of so many bytes, the most significant first. */
  number(length: number): number {
    let value = 0;
    for (let count = 0; count < length; count++) value = value * 256 + this.byte();
    return value;
  }

  /** An unsigned number of so many bytes, the least significant first. */
  littleEndian(length: number): number {
    let value = 0;
    for (let count = 0; count < length; count++) value += this.byte() * 256 ** count;
    return value;
  }

  text(length: number): string {
    return String.fromCharCode(...Array.from({ length }, () => this.byte()));
  }

  skip(length: number): void {
    if (length < 0 || length > this.left) throw new Refused("cut off");
    this.#at += length;
  }

  /** A reader of the next bytes alone; this one goes on behind them. */
  part(length: number): Reader {
    const start = this.#at;
    this.skip(length);
    return new Reader(this.#bytes.subarray(start, this.#at));
  }
}

/** @throws Refused with this reason unless the condition holds */
export function expect(isSo: boolean, reason: string): asserts isSo {
  if (!isSo) throw new Refused(reason);
}
