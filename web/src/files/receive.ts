// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Receives one file: from its data channel into a sink, in order, hashed on the way. A channel that is lost may be
 * followed by another one, with the rest (F9).
 */

import { joined } from "../core/bytes.ts";
import { canContinue } from "../core/connections.ts";
import { creditAhead, type FileOutcome, FileReceiving } from "../core/file-receiving.ts";
import { limits, times } from "../core/limits.ts";
import { type Hash, startHash } from "./hashing.ts";
import type { Sink } from "./sinks.ts";

/** `broken` and `cancelled` come from the sink. */
export type ReceivingOutcome = FileOutcome | "cancelled" | "broken";

export interface ReceivingListener {
  /** By how many bytes the senders of the other files over the same connection may be ahead. */
  others(): readonly number[];
  progress(arrived: number): void;
  /** The channel is lost, and everything that came is written: the rest begins at `offset`. */
  interrupted(offset: number): void;
  /** Called once; for a whole file when the file has been stored. */
  ended(outcome: ReceivingOutcome): void;
}

/** The most bytes written at once, when so many wait. */
const largestWrite = 524_288;
/** The most bytes that may wait for the disk. Only senders without `file-credit` can get there by honest messages. */
const largestWaiting = 256 * 1_048_576;
/** What a waiting message takes besides its bytes, roughly: without it, tiny ones would fill the memory. */
const messageCost = 256;

export class FileReceiver {
  readonly #sink: Sink;
  readonly #size: number | undefined;
  readonly #features: ReadonlySet<string>;
  /** Whether a lost channel may be followed by another one. */
  readonly canContinue: boolean;
  #receiving: FileReceiving;
  readonly #listener: ReceivingListener;
  readonly #hash: Promise<Hash | undefined>;
  /** The messages that wait for the disk; texts count when they come. */
  readonly #waiting: Uint8Array<ArrayBuffer>[] = [];
  /** What waits takes so many bytes, that which is being written included. */
  #waitingBytes = 0;
  #channel: RTCDataChannel | undefined;
  #isWriting = false;
  #isChannelClosed = false;
  #isGivenUp = false;
  /** The time when the channel came. */
  #attachedAt = 0;
  /** Channels in a row that brought next to nothing. */
  #fruitless = 0;
  /** Channels that brought nothing at all (F8). */
  #unheard = 0;
  #isOver = false;
  #failure: "cancelled" | "broken" | undefined;
  #repeatTimer: number | undefined;
  #livingTimer: number | undefined;

  /** @param features that both ends announced */
  constructor(sink: Sink, size: number | undefined, features: ReadonlySet<string>, listener: ReceivingListener) {
    this.#sink = sink;
    this.#size = size;
    this.#features = features;
    this.canContinue = canContinue(features);
    this.#receiving = new FileReceiving(size, features);
    this.#listener = listener;
    this.#hash = this.#receiving.isHashed ? startHash() : Promise.resolve(undefined);
    sink.onFailed = (why) => this.#fail(why);
  }

  /** Takes the channel that the providing side opened. @returns false for a second one, which is not wanted */
  attach(channel: RTCDataChannel): boolean {
    if (this.#channel || this.#isOver) return false;
    this.#channel = channel;
    this.#attachedAt = performance.now();
    this.#isChannelClosed = false;
    channel.binaryType = "arraybuffer";
    channel.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer | string>) => {
      if (this.#isOver || channel !== this.#channel) return;
      if (typeof data === "string") this.#say(this.#receiving.textReceived(data));
      else this.#bytesArrived(new Uint8Array(data));
      void this.#write();
    });
    channel.addEventListener("close", () => {
      if (channel === this.#channel) this.#channelLost();
    });
    const giveCredit = (): void => {
      if (channel !== this.#channel) return;
      this.#receiving.channelOpened();
      // Signs of life begin before the end: what has come by then may wait to be written for long.
      this.#livingTimer = setInterval(() => this.#say(this.#receiving.signOfLife), times.repeat);
      this.#giveCredit(0);
      // Chromium announces a channel as open a little before it is, and loses what is sent until then.
      this.#repeatTimer = setInterval(() => this.#repeatCredit(), times.lostCredit);
    };
    if (channel.readyState === "open") giveCredit();
    else channel.addEventListener("open", giveCredit);
    return true;
  }

  /** By how many bytes the sender may be ahead of the writing just now. */
  get ahead(): number {
    return this.#receiving.ahead;
  }

  get isAttached(): boolean {
    return this.#channel !== undefined;
  }

  /** Whether bytes that came are on their way to the sink. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** Ends the download, which the person does not want any more. */
  abort(): void {
    this.#fail("cancelled");
    // A file that is being stored already fails by that.
    void this.#sink.abort().catch(() => undefined);
  }

  /** Takes note that the connection is gone, and with it the channel, if there was one. */
  connectionLost(): void {
    this.#receiving.connectionLost();
    if (this.#channel) this.#channelLost();
    else if (!this.#isOver) this.#listener.interrupted(this.#receiving.next);
  }

  /** Takes note that no other channel will come. */
  giveUp(): void {
    this.#isGivenUp = true;
    if (this.#channel) return;
    this.#receiving.connectionLost();
    this.#end("cut short");
  }

  #bytesArrived(message: Uint8Array<ArrayBuffer>): void {
    if (!this.#receiving.bytesReceived(message.length)) return this.#end("too long");
    this.#waiting.push(message);
    this.#waitingBytes += message.length + messageCost;
    if (this.#waitingBytes > largestWaiting) this.#end("broken");
  }

  #channelLost(): void {
    this.#isChannelClosed = true;
    void this.#write();
  }

  /** Takes what waits, one after the other; what comes meanwhile is taken by the same round. */
  async #write(): Promise<void> {
    if (this.#isWriting || this.#isOver) return;
    this.#isWriting = true;
    try {
      const hash = await this.#hash;
      while (this.#isTaking) await this.#writeNext(hash);
      if (this.#isOver) return;
      if (this.#receiving.isBegunAnew) this.#refuse();
      else if (this.#isChannelClosed && this.#mayGoOn) this.#interrupt();
      else if (this.#isChannelClosed && this.#mayAskAgain) this.#askAgain();
      else if (this.#receiving.isOver || this.#isChannelClosed) this.#end(this.#receiving.outcome(hash?.digest()));
    } catch {
      this.#end("broken");
    } finally {
      this.#isWriting = false;
    }
  }

  /** Writes the next messages as one: fewer and larger writes are faster. */
  async #writeNext(hash: Hash | undefined): Promise<void> {
    let [count, length] = [0, 0];
    for (const message of this.#waiting) {
      if (length >= largestWrite) break;
      count += 1;
      length += message.length;
    }
    const bytes = joined(this.#waiting.splice(0, count));
    hash?.update(bytes);
    await this.#sink.write(bytes);
    this.#waitingBytes -= length + count * messageCost;
    this.#giveCredit(length);
    this.#listener.progress(this.#receiving.written);
  }

  get #mayGoOn(): boolean {
    return this.canContinue && !this.#receiving.isOver && !this.#isGivenUp;
  }

  /** Whether another channel may bring what this one may have brought before anybody listened (F8). */
  get #mayAskAgain(): boolean {
    return this.#receiving.isUnheard && !this.#isGivenUp && this.#unheard + 1 < limits.unheardChannels;
  }

  /** Whether bytes are taken: not of a sender that begins at another byte than it was asked to. */
  get #isTaking(): boolean {
    return !this.#isOver && this.#waiting.length > 0 && !this.#receiving.isBegunAnew;
  }

  /**
   * Refuses the bytes. The sender may have taken an older request, of the same file: the rest is asked for once more.
   */
  #refuse(): void {
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    if (this.#mayGoOn) this.#interrupt();
    else this.#end("cut short");
  }

  /** Lets go of the channel: everything that has come is written, and what comes next is on another channel. */
  #interrupt(): void {
    const { next, received, isBegunAnew } = this.#receiving;
    const isFruitful = received >= limits.fruitBytes || performance.now() - this.#attachedAt >= times.fruitful;
    this.#fruitless = isFruitful && !isBegunAnew ? 0 : this.#fruitless + 1;
    if (this.#fruitless >= limits.fruitlessChannels) this.#end("cut short");
    else this.#askFrom(next);
  }

  #askAgain(): void {
    this.#unheard++;
    this.#askFrom(0);
  }

  #askFrom(offset: number): void {
    this.#stopTimers();
    const lost = this.#channel;
    this.#channel = undefined;
    lost?.close();
    this.#receiving = new FileReceiving(this.#size, this.#features, { offset });
    this.#listener.interrupted(offset);
  }

  #stopTimers(): void {
    clearInterval(this.#repeatTimer);
    clearInterval(this.#livingTimer);
  }

  #giveCredit(written: number): void {
    this.#say(this.#receiving.bytesWritten(written, creditAhead(this.#listener.others())));
  }

  #repeatCredit(): void {
    const credit = this.#receiving.repeatedCredit;
    if (credit === undefined) clearInterval(this.#repeatTimer);
    else this.#say(credit);
  }

  #say(text: string | undefined): void {
    if (text !== undefined && this.#channel?.readyState === "open") this.#channel.send(text);
  }

  #fail(why: "cancelled" | "broken"): void {
    this.#failure ??= why;
    this.#end(why);
  }

  #end(outcome: ReceivingOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#repeatTimer);
    this.#waiting.length = 0;
    if (outcome === "whole" || outcome === "unknown") void this.#store(outcome);
    else void this.#drop(outcome);
  }

  /** Stores the file, as only that has arrived; then the sender hears of it, and closes (F11). */
  async #store(outcome: ReceivingOutcome): Promise<void> {
    try {
      await this.#sink.close();
    } catch {
      this.#failure ??= "broken";
    }
    clearInterval(this.#livingTimer);
    if (this.#failure) return this.#drop(this.#failure);
    this.#say(this.#receiving.stored);
    setTimeout(() => this.#channel?.close(), this.#receiving.stored === undefined ? 0 : times.storedClose);
    this.#listener.ended(outcome);
  }

  async #drop(outcome: ReceivingOutcome): Promise<void> {
    clearInterval(this.#livingTimer);
    this.#channel?.close();
    // A sink that cannot even be given up has nothing that looks whole.
    await this.#sink.abort().catch(() => undefined);
    this.#listener.ended(outcome);
  }
}
