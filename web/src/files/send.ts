// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Sends one file over one data channel: begins by F9, reads ahead, keeps the channel's buffer between two marks,
 * ends by F8 and F11.
 */

import { FileSending, type FileVerdict } from "../core/file-sending.ts";
import { times } from "../core/limits.ts";
import type { Request } from "../core/relay-messages.ts";
import { type Hash, startHash, startHmac } from "./hashing.ts";
import type { Turns } from "./turns.ts";

/** The marks of the channel's buffer in bytes: it is filled up to the high one and refilled from the low one. */
const highMark = 4 * 1_048_576;
const lowMark = 1_048_576;
/** Bytes that are read from the disk at once. */
const block = 1_048_576;

/** `broken`: the file cannot be read any more. */
export type SendingOutcome = FileVerdict | "broken";

/** A queue for work of which only one may be under way. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

export interface Resuming {
  /** The request, if it asks for the rest of the file only. */
  readonly resume: Request | undefined;
  readonly inTurn: InTurn;
  /** The turns of all files to this receiver. */
  readonly turns: Turns;
}

export interface SendingListener {
  progress(sent: number): void;
  /** Called once, at the end. */
  ended(outcome: SendingOutcome): void;
}

export class FileSender {
  readonly #channel: RTCDataChannel;
  readonly #file: File;
  readonly #sending: FileSending;
  readonly #listener: SendingListener;
  readonly #resume: Request | undefined;
  readonly #inTurn: InTurn;
  /** A promise that fails when the transfer is over. */
  readonly #over: Promise<never>;
  #giveUp: (reason: Error) => void = () => undefined;
  #wake: (() => void) | undefined;
  #endTurn: (() => void) | undefined;
  /** Whether the channel has been open. */
  isStarted = false;
  #isOver = false;
  #isBroken = false;
  #closeTimer: number | undefined;
  #storingTimer: number | undefined;

  constructor(
    channel: RTCDataChannel,
    file: File,
    sending: FileSending,
    { resume, inTurn, turns }: Resuming,
    listener: SendingListener,
  ) {
    this.#resume = resume;
    this.#inTurn = inTurn;
    this.#channel = channel;
    this.#file = file;
    this.#sending = sending;
    this.#listener = listener;
    this.#over = new Promise((_, reject) => (this.#giveUp = reject));
    // Mostly nobody waits for the end.
    this.#over.catch(() => undefined);
    channel.bufferedAmountLowThreshold = lowMark;
    channel.addEventListener("message", ({ data }) => {
      if (typeof data === "string") this.#heard(data);
      this.#wake?.();
    });
    channel.addEventListener("bufferedamountlow", () => this.#wake?.());
    channel.addEventListener("open", () => {
      if (this.#isOver) return;
      this.isStarted = true;
      this.#endTurn = turns.take(() => void this.#send());
    });
    channel.addEventListener("close", () => this.#end());
  }

  /**
   * Whether a word is awaited: a receiver that has it all wants it no longer, and that may be heard before its word.
   */
  get awaitsWord(): boolean {
    return this.#sending.awaitsWord;
  }

  stop(): void {
    this.#channel.close();
    this.#end();
  }

  async #send(): Promise<void> {
    try {
      const hash = this.#sending.isHashed ? await startHash() : undefined;
      const start = await this.#begin(hash);
      if (this.#isOver) return;
      let next = this.#read(start);
      for (let at = start; at < this.#file.size; at += block) {
        const bytes = new Uint8Array(await this.#readable(next));
        hash?.update(bytes);
        // Whoever gives no credit makes this side keep one block, and not two.
        while (this.#sending.nextLength === 0 && !this.#isOver) await this.#wait();
        if (this.#isOver) return;
        // The disk is read while the network is written to.
        next = this.#read(at + block);
        await this.#sendBlock(bytes);
        if (this.#isOver) return;
      }
      for (const text of this.#sending.end(hash?.digest())) this.#channel.send(text);
      this.#channel.bufferedAmountLowThreshold = 0;
      while (this.#channel.bufferedAmount > 0 && !this.#isOver) await this.#wait();
      this.#waitForWord();
      if (!this.#isOver) this.#storingTimer = setTimeout(() => this.stop(), times.storing);
    } catch {
      // The file cannot be read any more, or the channel is gone: the receiver sees a file cut short.
      this.stop();
    }
  }

  /** Begins where the receiver left off, if what it has is what this file begins with (F9). @returns where */
  async #begin(hash: Hash | undefined): Promise<number> {
    const { offset = 0, salt = "" } = this.#resume ?? {};
    if (offset === 0) return 0;
    if (offset > this.#file.size || salt === "") {
      this.#channel.send(this.#sending.beginAnew());
      return 0;
    }
    const proof = await this.#inTurn(() => this.#readPrefix(offset, salt, hash));
    this.#channel.send(this.#sending.prove(offset, proof));
    while (this.#sending.offset === undefined && !this.#isOver) await this.#wait();
    if (this.#sending.offset === 0) hash?.restart();
    return this.#sending.offset ?? 0;
  }

  /** @returns the proof that this side has these bytes @throws when nobody waits for that any more */
  async #readPrefix(length: number, salt: string, hash: Hash | undefined): Promise<string> {
    const proof = await startHmac(salt);
    for (let at = 0; at < length; at += block) {
      if (this.#isOver) throw new Error("the receiver has closed");
      // A disk may not answer at all, and others wait for their turn.
      const reading = this.#readable(this.#read(at, Math.min(at + block, length)));
      const bytes = new Uint8Array(await Promise.race([reading, this.#over]));
      hash?.update(bytes);
      proof.update(bytes);
    }
    return proof.digest();
  }

  /** Waits for the receiver: as long as it says anything, it is storing the file (F11). */
  #waitForWord(): void {
    clearTimeout(this.#closeTimer);
    if (this.#isOver) return;
    const patience = this.#sending.isConfirmed ? times.silence : times.sentClose;
    this.#closeTimer = setTimeout(() => this.stop(), patience);
  }

  #heard(text: string): void {
    this.#sending.textReceived(text);
    if (this.#sending.isStored) this.stop();
    else if (this.#closeTimer !== undefined && this.#sending.isConfirmed) this.#waitForWord();
  }

  async #readable(reading: Promise<ArrayBuffer>): Promise<ArrayBuffer> {
    try {
      return await reading;
    } catch (error) {
      this.#isBroken = true;
      throw error;
    }
  }

  #read(at: number, end = at + block): Promise<ArrayBuffer> {
    const bytes = this.#file.slice(at, end).arrayBuffer();
    // Whoever waits for the bytes hears of a failure; nobody may wait any more.
    bytes.catch(() => undefined);
    return bytes;
  }

  async #sendBlock(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      while (this.#mustWait && !this.#isOver) await this.#wait();
      if (this.#isOver) return;
      const message = bytes.subarray(at, at + this.#sending.nextLength);
      this.#channel.send(message);
      this.#sending.messageSent(message.length);
      at += message.length;
    }
    this.#listener.progress(this.#sending.reached);
  }

  get #mustWait(): boolean {
    return this.#sending.nextLength === 0 || this.#channel.bufferedAmount >= highMark;
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#giveUp(new Error("the receiver has closed"));
    clearTimeout(this.#closeTimer);
    clearTimeout(this.#storingTimer);
    this.#wake?.();
    this.#endTurn?.();
    const isAllOut = this.#sending.isStored || this.#channel.bufferedAmount === 0;
    this.#listener.ended(this.#isBroken ? "broken" : isAllOut ? this.#sending.verdict : "cut short");
  }
}
