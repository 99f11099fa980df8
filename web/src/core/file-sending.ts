// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The sending of a file: how much may be sent when, how it begins and ends, and its verdict: F1, F5, F6, F8, F9, F11.
 * Owns no bytes.
 */

import { decodeFileText, encodeFileControl } from "./file-control.ts";
import { limits } from "./limits.ts";

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
    this.#message = Math.min(hasCredit ? limits.largeFileMessageBytes : limits.fileMessageBytes, maxMessage);
    this.#credit = hasCredit ? 0 : Infinity;
    this.isHashed = features.has("file-sha256");
    this.isConfirmed = hasCredit && features.has("file-stored");
  }

  /** Sent bytes, counted from the first one. */
  get sent(): number {
    return this.#sent;
  }

  /** The proof that this side has what the receiver has, up to `offset` (F9); an answer follows. */
  prove(offset: number, prefixHmac: string): string {
    this.#askedOffset = offset;
    return encodeFileControl({ prefix_hmac: prefixHmac });
  }

  /** The message that this side has not as much as the receiver (F9). */
  beginAnew(): string {
    this.#answer = 0;
    return encodeFileControl({ offset: 0 });
  }

  /** The offset in the file to begin at, once the receiver has answered. */
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

  /** Takes a text message of the receiver: credit never falls (F5), and only the whole file counts as stored (F11). */
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

  /** Whether everything was sent to a receiver that will confirm that the file is stored (F11). */
  get awaitsWord(): boolean {
    return this.isConfirmed && this.#isEnded && !this.#isStored;
  }

  /** Whether the receiver has confirmed that the file is stored (F11). */
  get isStored(): boolean {
    return this.#isStored;
  }

  /** The verdict on the transfer, if the channel closes now (F8, F11). */
  get verdict(): FileVerdict {
    if (this.#isStored) return "whole";
    return this.#isEnded && !this.isConfirmed ? "unconfirmed" : "cut short";
  }
}
