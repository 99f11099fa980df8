// SPDX-License-Identifier: AGPL-3.0-only
/** The files on their way, out and in: who gets or sends what, how far each is, how each ended. */

import type { PeerKey } from "../core/events.ts";
import { times } from "../core/limits.ts";
import { canContinue } from "../core/connections.ts";
import { FileSending } from "../core/file-sending.ts";
import { Rate } from "../core/rate.ts";
import type { ResourceInfo } from "../core/relay-messages.ts";
import { FileReceiver, type ReceivingOutcome } from "./receive.ts";
import { FileSender, type InTurn, type SendingOutcome } from "./send.ts";
import type { SendFile } from "../rtc/connections.ts";
import type { PeerConnection } from "../rtc/peer-connection.ts";
import type { OwnFile } from "./own-files.ts";
import type { Sink } from "./sinks.ts";
import { Turns } from "./turns.ts";

export interface Transfer {
  readonly peer: PeerKey;
  readonly id: string;
  readonly direction: "out" | "in";
  readonly size: number | undefined;
  readonly bytes: number;
  /** The speed lately, in bytes a second. */
  readonly speed: number;
  /** Whether nothing has moved for a while. */
  readonly isStalled?: boolean;
  /** Whether the receiver may ask for the rest on another channel (F7). */
  readonly canContinue?: boolean;
}

export type EndedTransfer = Transfer &
  (
    | { readonly direction: "in"; readonly outcome: ReceivingOutcome }
    | { readonly direction: "out"; readonly outcome: SendingOutcome }
  );

/** A listener to the transfers: what is under way, and what has ended. */
export interface TransferListener {
  changed(transfers: readonly Transfer[]): void;
  /** `outcome` tells the person; the session is told as well, so that the file may be asked for again. */
  ended(transfer: EndedTransfer): void;
  /** A download has stalled: nothing has come for a while, again and again. */
  stalled(peer: PeerKey, id: string): void;
  /** A download has lost its channel; the rest begins at `offset`. */
  interrupted(peer: PeerKey, id: string, offset: number): void;
}

interface Running {
  transfer: Transfer;
  readonly rate: Rate;
  stallTimer?: number;
  end?: FileSender | FileReceiver;
}

/** The time between two pictures of the progress, in milliseconds. */
const showInterval = 200;
/** The most files that are sent to one peer at a time; more wait for their turn. */
const mostSending = 64;

export class Transfers {
  readonly #listener: TransferListener;
  readonly #running = new Map<string, Running>();
  /** The last work in turn of each peer. */
  readonly #turns = new Map<PeerKey, Promise<unknown>>();
  /** The turns of the files that are sent to each peer. */
  readonly #sending = new Map<PeerKey, Turns>();
  #showTimer: number | undefined;

  constructor(listener: TransferListener) {
    this.#listener = listener;
  }

  send({ peer, features, resume }: SendFile, { info, file }: OwnFile, connection: PeerConnection): void {
    const options = { size: file.size, features: new Set(features), maxMessage: connection.maxMessage };
    const channel = connection.openChannel(info.id);
    const running = this.#start({
      peer,
      id: info.id,
      direction: "out",
      size: file.size,
      bytes: 0,
      speed: 0,
      canContinue: canContinue(features),
    });
    const inTurn = this.#turnOf(peer);
    running.end = new FileSender(
      channel,
      file,
      new FileSending(options),
      { resume, inTurn, turns: this.#sendingTo(peer) },
      {
        progress: (sent) => this.#progress(running, sent),
        ended: (outcome) => this.#ended(running, { ...running.transfer, direction: "out", outcome }),
      },
    );
  }

  receive(peer: PeerKey, info: ResourceInfo, sink: Sink, features: readonly string[]): void {
    const running = this.#start({ peer, id: info.id, direction: "in", size: info.size, bytes: 0, speed: 0 });
    running.end = new FileReceiver(sink, info.size, new Set(features), {
      others: () => this.#othersAhead(running),
      progress: (arrived) => this.#progress(running, arrived),
      interrupted: (offset) => this.#listener.interrupted(peer, info.id, offset),
      ended: (outcome) => this.#ended(running, { ...running.transfer, direction: "in", outcome }),
    });
  }

  #othersAhead(running: Running): readonly number[] {
    return [...this.#running.values()]
      .filter((each) => each !== running && each.transfer.peer === running.transfer.peer)
      .flatMap(({ end }) => (end instanceof FileReceiver ? [end.ahead] : []));
  }

  /** @returns whether a download waits for the channel */
  channelArrived(peer: PeerKey, channel: RTCDataChannel): boolean {
    return this.#receiver(peer, channel.label)?.attach(channel) === true;
  }

  /** Takes note of a download that cannot begin: its file has gone, unless it is on its way already. */
  missed(peer: PeerKey, id: string): void {
    if (this.#receiver(peer, id)) return;
    const nothing = { size: undefined, bytes: 0, speed: 0 };
    this.#listener.ended({ peer, id, direction: "in", ...nothing, outcome: "cut short" });
  }

  stopSending(peer: PeerKey, id: string): void {
    const sender = this.#running.get(keyOf("out", peer, id))?.end;
    if (sender instanceof FileSender && !sender.awaitsWord) sender.stop();
  }

  abort(peer: PeerKey, id: string): void {
    this.#receiver(peer, id)?.abort();
  }

  /** Takes note that no other channel will come. */
  giveUp(peer: PeerKey, id: string): void {
    this.#receiver(peer, id)?.giveUp();
  }

  /** Takes note that another channel will come, with the rest. */
  goOn(peer: PeerKey, id: string): void {
    this.#receiver(peer, id)?.connectionLost();
  }

  /** Takes note that the connection to a peer was closed or replaced (F7). */
  connectionGone(peer: PeerKey): void {
    this.#sending.delete(peer);
    for (const [key, { transfer, end }] of this.#running) {
      if (transfer.peer !== peer) continue;
      if (end instanceof FileReceiver) {
        if (end.isAttached) end.connectionLost();
        continue;
      }
      // A transfer that has not begun yet begins on the next connection, if there is one.
      if (!end?.isStarted) this.#running.delete(key);
      end?.stop();
    }
  }

  /**
   * The turn of a peer: much reading for a word from outside is done for one receiver at a time, for each peer on its
   * own.
   */
  #turnOf(peer: PeerKey): InTurn {
    return (work) => {
      const result = (this.#turns.get(peer) ?? Promise.resolve()).then(work);
      const turn = result.catch(() => undefined);
      this.#turns.set(peer, turn);
      void turn.then(() => this.#turns.get(peer) === turn && this.#turns.delete(peer));
      return result;
    };
  }

  /** The turns of the files to a peer, which a connection that is gone takes along. */
  #sendingTo(peer: PeerKey): Turns {
    const turns = this.#sending.get(peer) ?? new Turns(mostSending);
    this.#sending.set(peer, turns);
    return turns;
  }

  #receiver(peer: PeerKey, id: string): FileReceiver | undefined {
    const end = this.#running.get(keyOf("in", peer, id))?.end;
    return end instanceof FileReceiver ? end : undefined;
  }

  /**
   * Starts a transfer. An earlier one of the same file in the same direction is over, whether it knows it yet or not.
   */
  #start(transfer: Transfer): Running {
    const running: Running = { transfer, rate: new Rate() };
    const key = keyOf(transfer.direction, transfer.peer, transfer.id);
    const before = this.#running.get(key)?.end;
    this.#running.set(key, running);
    this.#watch(running);
    if (before instanceof FileReceiver) before.abort();
    else before?.stop();
    this.#show();
    return running;
  }

  #progress(running: Running, bytes: number): void {
    running.rate.add(bytes, performance.now());
    running.transfer = { ...running.transfer, bytes, speed: running.rate.perSecond, isStalled: false };
    this.#watch(running);
    this.#showTimer ??= setTimeout(() => this.#show(), showInterval);
  }

  /** Begins to wait for the next byte. */
  #watch(running: Running): void {
    clearTimeout(running.stallTimer);
    running.stallTimer = setTimeout(() => this.#stalled(running), times.stall);
  }

  #stalled(running: Running): void {
    const { transfer, end } = running;
    const { direction, peer, id, bytes, size } = transfer;
    if (this.#running.get(keyOf(direction, peer, id)) !== running) return;
    this.#watch(running);
    // What came waits for the own disk: the sender has not stalled.
    if (end instanceof FileReceiver && end.isWriting) return;
    const isWaiting = end instanceof FileReceiver && !end.isAttached;
    // The rest is up to the disk, or to the other side's.
    if (bytes === size && !isWaiting) return;
    running.transfer = { ...running.transfer, speed: 0, isStalled: true };
    this.#show();
    // A download that can go on asks with its place in the file, when its channel is lost.
    const asksItself = end instanceof FileReceiver && end.isAttached && end.canContinue;
    if (direction === "in" && !asksItself) this.#listener.stalled(peer, id);
  }

  #ended(running: Running, ended: EndedTransfer): void {
    const { direction, peer, id } = running.transfer;
    const key = keyOf(direction, peer, id);
    if (this.#running.get(key) !== running) return;
    this.#running.delete(key);
    this.#show();
    this.#listener.ended(ended);
  }

  #show(): void {
    clearTimeout(this.#showTimer);
    this.#showTimer = undefined;
    this.#listener.changed([...this.#running.values()].map(({ transfer }) => transfer));
  }
}

const keyOf = (direction: Transfer["direction"], peer: PeerKey, id: string): string => `${direction} ${peer} ${id}`;
