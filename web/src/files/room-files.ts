// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The files of a room: those on offer here, and those on their way. The code that carries them is loaded with the first
 * one.
 */

import type { SessionEffect } from "../core/effects.ts";
import type { PeerKey, SessionEvent } from "../core/events.ts";
import type { ResourceInfo } from "../core/relay-messages.ts";
import { Late } from "../io/late.ts";
import { freshSalt } from "../io/randomness.ts";
import type { SendFile } from "../rtc/connections.ts";
import type { PeerConnection } from "../rtc/peer-connection.ts";
import { type OwnFile, OwnFiles } from "./own-files.ts";
import type { Sink } from "./sinks.ts";
import type { EndedTransfer, Transfer, Transfers } from "./transfers.ts";

/** The time that a receiver may take to ask for the rest before the person is told, in milliseconds. */
const askingTime = 10_000;

export interface FilesListener {
  /** Tells the session an event. */
  happened(event: SessionEvent): void;
  transfersChanged(transfers: readonly Transfer[]): void;
  transferEnded(transfer: EndedTransfer): void;
}

export class RoomFiles {
  readonly #listener: FilesListener;
  readonly #own = new OwnFiles();
  readonly #transfers: Late<Transfers>;
  /** Sinks that were opened for downloads that the session has not confirmed yet, by their tickets. */
  readonly #sinks = new Map<number, Sink>();
  #tickets = 0;
  /** Timers of transfers that were cut short, and whose receivers may ask for the rest. */
  readonly #untold = new Map<string, number>();

  constructor(listener: FilesListener) {
    this.#listener = listener;
    this.#transfers = new Late(async () => {
      const module = await import("./transfers.ts");
      return new module.Transfers({
        changed: (transfers) => listener.transfersChanged(transfers),
        ended: (transfer) => this.#ended(transfer),
        stalled: (peer, id) => listener.happened({ type: "file-stalled", peer, id }),
        interrupted: (peer, id, offset) =>
          listener.happened({ type: "file-interrupted", peer, id, offset, salt: freshSalt() }),
      });
    });
  }

  list(): OwnFile[] {
    return this.#own.list();
  }

  /** @returns the resource that is on offer now */
  add(file: File): ResourceInfo {
    return this.#own.add(file);
  }

  /** Takes an own file back, if there is one with this id. */
  stop(id: string): void {
    if (this.#own.remove(id)) this.#listener.happened({ type: "resource-removed", id });
  }

  /**
   * @param sink where the bytes go; aborted when the file is on its way already, or no longer there to be asked for, of
   * which the person is told
   */
  async download(peer: PeerKey, id: string, sink: Sink): Promise<void> {
    await this.#transfers.load();
    const ticket = ++this.#tickets;
    this.#sinks.set(ticket, sink);
    this.#listener.happened({ type: "resource-wanted", peer, id, ticket });
    if (!this.#sinks.delete(ticket)) return;
    // A sink that cannot even be given up has nothing that looks whole.
    void sink.abort().catch(() => undefined);
    this.#transfers.loaded?.missed(peer, id);
  }

  abort(peer: PeerKey, id: string): void {
    this.#transfers.loaded?.abort(peer, id);
  }

  send(effect: SendFile, connection: PeerConnection): void {
    const { peer, id } = effect;
    this.#forget(keyOf(peer, id));
    const own = this.#own.get(id);
    if (!own) return;
    // Without the server the code cannot be loaded; without an engine that works there is no channel.
    const failed = (): void => this.#listener.happened({ type: "file-ended", peer, id });
    this.#transfers.do((transfers) => {
      try {
        transfers.send(effect, own, connection);
      } catch {
        failed();
      }
    }, failed);
  }

  stopSending(peer: PeerKey, id: string): void {
    this.#transfers.do((transfers) => transfers.stopSending(peer, id), reportError);
  }

  giveUp(peer: PeerKey, id: string): void {
    this.#transfers.loaded?.giveUp(peer, id);
  }

  goOn(peer: PeerKey, id: string): void {
    this.#transfers.loaded?.goOn(peer, id);
  }

  receive({ peer, resource, features, ticket = 0 }: Extract<SessionEffect, { type: "expect-file" }>): void {
    const sink = this.#sinks.get(ticket);
    if (sink) this.#transfers.loaded?.receive(peer, resource, sink, features);
    this.#sinks.delete(ticket);
  }

  /** @returns whether a download waits for the channel */
  channelArrived(peer: PeerKey, channel: RTCDataChannel): boolean {
    return this.#transfers.loaded?.channelArrived(peer, channel) === true;
  }

  connectionGone(peer: PeerKey): void {
    this.#transfers.loaded?.connectionGone(peer);
  }

  /** Tells nothing any more: the person has left. */
  leave(): void {
    for (const key of this.#untold.keys()) this.#forget(key);
  }

  #tellLater(key: string, tell: () => void): void {
    this.#forget(key);
    const due = (): void => {
      this.#untold.delete(key);
      tell();
    };
    this.#untold.set(key, setTimeout(due, askingTime));
  }

  #forget(key: string): void {
    clearTimeout(this.#untold.get(key));
    this.#untold.delete(key);
  }

  #ended(transfer: EndedTransfer): void {
    const { peer, id, direction } = transfer;
    this.#listener.happened({ type: direction === "out" ? "file-ended" : "resource-unwanted", peer, id });
    const tell = (): void => this.#listener.transferEnded(transfer);
    const mayGoOn = direction === "out" && transfer.outcome === "cut short" && transfer.canContinue;
    if (mayGoOn) this.#tellLater(keyOf(peer, id), tell);
    else tell();
    // A file that cannot be read is on offer no longer, so that nobody asks for it again and again.
    if (direction === "out" && transfer.outcome === "broken") this.stop(id);
  }
}

const keyOf = (peer: PeerKey, id: string): string => `${peer} ${id}`;
