// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The receiving of a file: what has arrived, what more may come, whether it is whole: F2, F5, F6, F9, F11. Owns no
 * bytes.
 */

import { decodeFileText, encodeFileControl } from "./file-control.ts";
import { limits } from "./limits.ts";

export type FileProblem = "cut short" | "too long" | "wrong hash" | "no hash";
/** `unknown`: the channel was closed, and nothing said how long the file should be (F2). */
export type FileOutcome = "whole" | "unknown" | FileProblem;

/** The rest of a file that is asked for (F9). */
export interface Resume {
  /** The byte of the file where the transfer was asked to begin. */
  readonly offset: number;
  /** The proof that the sender has the bytes before; without one any proof does, and the hash tells. */
  readonly prefixHmac?: string;
}

/**
 * How far a sender may be ahead, in bytes (F5).
 * @param others by how many bytes the senders of the other files over the same connection may be
 */
export function creditAhead(others: readonly number[]): number {
  const share = Math.floor(limits.creditAheadBytes / (others.length + 1));
  const left = others.reduce((all, each) => all - each, limits.creditAheadBytes);
  return Math.max(Math.min(share, left), limits.fileMessageBytes);
}

export class FileReceiving {
  readonly #size: number | undefined;
  readonly #resume: Resume;
  readonly isHashed: boolean;
  readonly #hasCredit: boolean;
  readonly #confirms: boolean;
  /** Whether a proof was answered, or is not to come: the sender says where it begins only once. */
  #isBegun = false;
  #offset = 0;
  #isOpen = false;
  #isLost = false;
  #received = 0;
  #written = 0;
  #credit = 0;
  #isEnded = false;
  #isBeyondCredit = false;
  #sha256: string | undefined;

  /** @param features that both ends announced */
  constructor(size: number | undefined, features: ReadonlySet<string>, resume: Resume = { offset: 0 }) {
    this.#size = size;
    this.#resume = resume;
    this.isHashed = features.has("file-sha256");
    this.#hasCredit = features.has("file-credit");
    this.#confirms = this.#hasCredit && features.has("file-stored");
  }

  /** Takes note that there is a channel: only its end can be the end of a file without a size. */
  channelOpened(): void {
    this.#isOpen = true;
  }

  /** Takes note that the channel ended with its connection, and not because the sender closed it. */
  connectionLost(): void {
    this.#isLost = true;
  }

  /** The offset in the file of the first received byte. */
  get offset(): number {
    return this.#offset;
  }

  /** Received bytes, counted from the first one of this channel. */
  get received(): number {
    return this.#received;
  }

  /** Bytes of the file that are here. */
  get arrived(): number {
    return this.#offset + this.#received;
  }

  /** The offset in the file that another channel would have to begin at. */
  get next(): number {
    const hasBegun = (this.#isBegun || this.#received > 0) && !this.isBegunAnew;
    return hasBegun ? this.arrived : this.#resume.offset;
  }

  /** Bytes of the file that were written. */
  get written(): number {
    return this.#offset + this.#written;
  }

  /** Whether the sender begins at another byte than it was asked to. */
  get isBegunAnew(): boolean {
    return (this.#isBegun || this.#received > 0) && this.#offset !== this.#resume.offset;
  }

  /** @returns false for more than was announced or than there was credit for: nothing more is to be taken */
  bytesReceived(bytes: number): boolean {
    this.#isOpen = true;
    this.#received += bytes;
    if (this.#hasCredit && this.#received > this.#credit) this.#isBeyondCredit = true;
    return !this.#isTooLong;
  }

  /** @returns what to answer */
  textReceived(message: string): string | undefined {
    const control = decodeFileText(message);
    if (control === "end") this.#isEnded = true;
    if (typeof control !== "object") return undefined;
    if ("sha256" in control) this.#sha256 ??= control.sha256;
    else if ("offset" in control) this.#isBegun ||= control.offset === 0;
    else if ("prefix_hmac" in control) return this.#proofReceived(control.prefix_hmac);
    return undefined;
  }

  #proofReceived(hmac: string): string | undefined {
    const { offset, prefixHmac = hmac } = this.#resume;
    if (offset === 0 || this.#isBegun || this.#received > 0) return undefined;
    this.#isBegun = true;
    this.#offset = hmac === prefixHmac ? offset : 0;
    return encodeFileControl({ offset: this.#offset });
  }

  /**
   * Counts written bytes, 0 at the start.
   * @param ahead the bytes by which the sender may be ahead of them
   * @returns credit to tell the sender, if it is time for that
   */
  bytesWritten(bytes: number, ahead: number = limits.creditAheadBytes): string | undefined {
    this.#written += bytes;
    const credit = this.#written + ahead;
    if (!this.#hasCredit || credit - this.#credit < ahead / limits.creditSteps) return undefined;
    this.#credit = credit;
    return encodeFileControl({ credit });
  }

  /** By how many bytes the sender may be ahead of the writing just now. */
  get ahead(): number {
    return this.#credit - this.#written;
  }

  /** @returns the first credit once more, as long as the sender may not have got it (F5) */
  get repeatedCredit(): string | undefined {
    if (this.#credit === 0 || this.#received > 0 || this.isOver) return undefined;
    return encodeFileControl({ credit: this.#credit });
  }

  /** The message to a sender that waits while the file is written and stored (F11). */
  get signOfLife(): string | undefined {
    return this.#confirms && this.#credit > 0 ? encodeFileControl({ credit: this.#credit }) : undefined;
  }

  /** @returns the message to the sender once the file is stored (F11); undefined where the sender would not know it */
  get stored(): string | undefined {
    return this.#confirms && this.#isEnded ? encodeFileControl({ stored: this.arrived }) : undefined;
  }

  /** Whether nothing more is expected: the end has come, or all that was announced and no hash will follow. */
  get isOver(): boolean {
    if (this.#isEnded || this.#isTooLong) return true;
    return !(this.isHashed || this.#confirms) && this.arrived === this.#size;
  }

  /**
   * Whether a channel that closes now says nothing (F8): an engine loses what a channel brought that closes before
   * anybody listens, and this sender waits for nobody.
   */
  get isUnheard(): boolean {
    const isNothing = this.#received === 0 && !this.#isEnded && this.#size !== 0;
    return isNothing && !this.#isLost && !this.#hasCredit;
  }

  /** @param sha256 of what was written, where it is hashed */
  outcome(sha256: string | undefined): FileOutcome {
    if (this.#isTooLong) return "too long";
    if (this.#size !== undefined && this.arrived < this.#size) return "cut short";
    if (this.isHashed) {
      if (this.#sha256 === undefined) return this.#isEnded ? "no hash" : "cut short";
      return this.#sha256 === sha256 ? "whole" : "wrong hash";
    }
    if (this.#size !== undefined || this.#isEnded) return "whole";
    return this.#isOpen && !this.#isLost ? "unknown" : "cut short";
  }

  get #isTooLong(): boolean {
    return this.#isBeyondCredit || (this.#size !== undefined && this.arrived > this.#size);
  }
}
