// SPDX-License-Identifier: AGPL-3.0-only
/** How much of a file may be sent when, and how it ends: F1, F5, F6, F8. Owns no bytes. */

import { decodeFileText, encodeFileControl } from "./file-control.ts";

/** Binary messages that every client takes (F1), in bytes. */
const plainMessage = 32_768;
/** Between ends with `file-credit`, in bytes: measured fastest between browsers. */
const largeMessage = 65_536;

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
  #credit: number;
  #sent = 0;
  #isEnded = false;

  constructor({ size, features, maxMessage }: SendingOptions) {
    const hasCredit = features.has("file-credit");
    this.#size = size;
    this.#message = Math.min(hasCredit ? largeMessage : plainMessage, maxMessage);
    this.#credit = hasCredit ? 0 : Infinity;
    this.isHashed = features.has("file-sha256");
  }

  get sent(): number {
    return this.#sent;
  }

  /** Bytes for the next message; 0 while there is no credit, or nothing left. */
  get nextLength(): number {
    return Math.max(0, Math.min(this.#message, this.#credit - this.#sent, this.#size - this.#sent));
  }

  get isAllSent(): boolean {
    return this.#sent === this.#size;
  }

  messageSent(bytes: number): void {
    this.#sent += bytes;
  }

  /** Credit never falls (F5). */
  textReceived(message: string): void {
    const control = decodeFileText(message);
    if (typeof control === "object" && "credit" in control) this.#credit = Math.max(this.#credit, control.credit);
  }

  /** The last messages (F1, F6). */
  end(sha256: string | undefined): string[] {
    this.#isEnded = true;
    return sha256 === undefined ? ["end"] : [encodeFileControl({ sha256 }), "end"];
  }

  /** Whether a channel that closes now has done its work (F8). */
  get isWhole(): boolean {
    return this.#isEnded;
  }
}
