// SPDX-License-Identifier: AGPL-3.0-only
/**
 * How much of a file may be sent when, how it begins and ends, and whether it arrived: F1, F5, F6, F8, F9, F11.
 * Owns no bytes.
 */

import { decodeFileText, encodeFileControl } from "./file-control.ts";

/** Binary messages that every client takes (F1), in bytes. */
const plainMessage = 32_768;
/** Between ends with `file-credit`, in bytes: measured fastest between browsers. */
const largeMessage = 65_536;

/** A receiver that says nothing for so long after the end has failed, in milliseconds: four repetitions (F11). */
export const silencePatience = 20_000;

/** A receiver that stores for longer has failed, whatever it says, in milliseconds (F11). */
export const storingPatience = 900_000;

/** `unconfirmed`: everything was sent, and the receiver's client does not say whether it was stored (F8). */
export type FileVerdict = "whole" | "unconfirmed" | "cut short";

export interface SendingOptions {
  readonly size: number;
  /** Features that both ends announced. */
  readonly features: ReadonlySet<string>;
  /** The connection's max-message-size in bytes. */
  readonly maxMessage: number;
}

export class FileSending {
  readonly #size: number;
  readonly #message: number;
  readonly isHashed: boolean;
  /** Whether the receiver says that it has stored the file (F11). */
  readonly isConfirmed: boolean;
  #credit: number;
  #askedOffset = 0;
  #answer: number | undefined;
  #sent = 0;
  #isEnded = false;
  #isStored = false;

  constructor({ size, features, maxMessage }: SendingOptions) {
    const hasCredit = features.has("file-credit");
    this.#size = size;
    this.#message = Math.min(hasCredit ? largeMessage : plainMessage, maxMessage);
    this.#credit = hasCredit ? 0 : Infinity;
    this.isHashed = features.has("file-sha256");
    this.isConfirmed = hasCredit && features.has("file-stored");
  }

  /** Bytes, counted from the first one sent. */
  get sent(): number {
    return this.#sent;
  }

  /** What proves that this side has what the receiver has, up to `offset` (F9); an answer follows. */
  prove(offset: number, prefixHmac: string): string {
    this.#askedOffset = offset;
    return encodeFileControl({ prefix_hmac: prefixHmac });
  }

  /** What says that this side has not as much (F9). */
  beginAnew(): string {
    this.#answer = 0;
    return encodeFileControl({ offset: 0 });
  }

  /** The byte of the file to begin at, once the receiver has answered. */
  get offset(): number | undefined {
    return this.#answer;
  }

  /** Bytes for the next message; 0 while there is no credit, or nothing left. */
  get nextLength(): number {
    return Math.max(0, Math.min(this.#message, this.#credit - this.#sent, this.#size - this.reached));
  }

  get isAllSent(): boolean {
    return this.reached === this.#size;
  }

  /** Bytes of the file that the receiver has or will have. */
  get reached(): number {
    return (this.#answer ?? 0) + this.#sent;
  }

  messageSent(bytes: number): void {
    this.#sent += bytes;
  }

  /** Credit never falls (F5), and only the whole file counts as stored (F11). */
  textReceived(message: string): void {
    const control = decodeFileText(message);
    if (typeof control !== "object") return;
    if ("credit" in control) this.#credit = Math.max(this.#credit, control.credit);
    else if ("offset" in control && this.#askedOffset > 0)
      this.#answer ??= control.offset === this.#askedOffset ? control.offset : 0;
    else if ("stored" in control && this.isConfirmed && this.#isEnded) this.#isStored ||= control.stored === this.#size;
  }

  /** The last messages (F1, F6). */
  end(sha256: string | undefined): string[] {
    this.#isEnded = true;
    return sha256 === undefined ? ["end"] : [encodeFileControl({ sha256 }), "end"];
  }

  /** Whether everything was sent to a receiver that will say that it stored it (F11). */
  get awaitsWord(): boolean {
    return this.isConfirmed && this.#isEnded && !this.#isStored;
  }

  /** Whether the receiver has said so (F11). */
  get isStored(): boolean {
    return this.#isStored;
  }

  /** How it ended, if the channel closes now (F8, F11). */
  get verdict(): FileVerdict {
    if (this.#isStored) return "whole";
    return this.#isEnded && !this.isConfirmed ? "unconfirmed" : "cut short";
  }
}
