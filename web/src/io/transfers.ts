// SPDX-License-Identifier: AGPL-3.0-only
/** The files on their way, out and in: who gets or sends what, how far it is, how it ended. */

import type { PeerKey } from "../core/events.ts";
import { type FileOutcome, FileReceiving } from "../core/file-receiving.ts";
import { FileSending } from "../core/file-sending.ts";
import { Rate } from "../core/rate.ts";
import type { ResourceInfo } from "../core/relay-messages.ts";
import { FileReceiver } from "./file-receiver.ts";
import { FileSender } from "./file-sender.ts";
import type { PeerConnection } from "./peer-connection.ts";
import type { Sink } from "./sinks.ts";

export type TransferOutcome = FileOutcome | "cancelled" | "broken";

export interface Transfer {
  readonly peer: PeerKey;
  readonly id: string;
  readonly direction: "out" | "in";
  readonly size: number | undefined;
  readonly bytes: number;
  /** Bytes a second, lately. */
  readonly speed: number;
  /** Once it is over. */
  readonly outcome?: TransferOutcome;
}

export interface TransferListener {
  changed(transfers: readonly Transfer[]): void;
  /** `outcome` tells the person; the session is told as well, so that it may be asked for again. */
  ended(transfer: Transfer & { readonly outcome: TransferOutcome }): void;
}

interface Running {
  transfer: Transfer;
  readonly rate: Rate;
  readonly end: FileSender | FileReceiver;
}

/** How often progress is shown, in milliseconds. */
const showInterval = 200;

export class Transfers {
  readonly #listener: TransferListener;
  readonly #running = new Map<string, Running>();
  /** How the last transfer of each file ended, until the next one. */
  readonly #past = new Map<string, Transfer>();
  #showTimer: number | undefined;

  constructor(listener: TransferListener) {
    this.#listener = listener;
  }

  send(peer: PeerKey, info: ResourceInfo, file: File, connection: PeerConnection, features: readonly string[]): void {
    const options = { size: file.size, features: new Set(features), maxMessage: connection.maxMessage };
    const key = keyOf("out", peer, info.id);
    const sender = new FileSender(connection.openChannel(info.id), file, new FileSending(options), {
      progress: (sent) => this.#progress(key, sent),
      ended: (isWhole) => this.#ended(key, isWhole ? "whole" : "cut short"),
    });
    this.#start(key, { peer, id: info.id, direction: "out", size: file.size, bytes: 0, speed: 0 }, sender);
  }

  receive(peer: PeerKey, info: ResourceInfo, sink: Sink, features: readonly string[]): void {
    const key = keyOf("in", peer, info.id);
    const receiver = new FileReceiver(sink, new FileReceiving(info.size, new Set(features)), {
      progress: (received) => this.#progress(key, received),
      ended: (outcome) => this.#ended(key, outcome),
    });
    this.#start(key, { peer, id: info.id, direction: "in", size: info.size, bytes: 0, speed: 0 }, receiver);
  }

  /** A channel that nobody asked for is closed. */
  channelArrived(peer: PeerKey, channel: RTCDataChannel): void {
    const receiver = this.#running.get(keyOf("in", peer, channel.label))?.end;
    if (receiver instanceof FileReceiver) receiver.attach(channel);
    else channel.close();
  }

  stopSending(peer: PeerKey, id: string): void {
    const sender = this.#running.get(keyOf("out", peer, id))?.end;
    if (sender instanceof FileSender) sender.stop();
  }

  abort(peer: PeerKey, id: string): void {
    const receiver = this.#running.get(keyOf("in", peer, id))?.end;
    if (receiver instanceof FileReceiver) receiver.abort();
  }

  /** The connection to a peer was closed or replaced (F7). */
  connectionGone(peer: PeerKey): void {
    for (const { transfer, end } of this.#running.values()) {
      if (transfer.peer !== peer) continue;
      if (end instanceof FileReceiver) end.cutShort();
      else end.stop();
    }
  }

  #start(key: string, transfer: Transfer, end: FileSender | FileReceiver): void {
    this.#past.delete(key);
    this.#running.set(key, { transfer, rate: new Rate(), end });
    this.#show();
  }

  #progress(key: string, bytes: number): void {
    const running = this.#running.get(key);
    if (!running) return;
    running.rate.add(bytes, performance.now());
    running.transfer = { ...running.transfer, bytes, speed: running.rate.perSecond };
    this.#showTimer ??= setTimeout(() => this.#show(), showInterval);
  }

  #ended(key: string, outcome: TransferOutcome): void {
    const running = this.#running.get(key);
    if (!running) return;
    this.#running.delete(key);
    const transfer = { ...running.transfer, outcome };
    this.#past.set(key, transfer);
    this.#show();
    this.#listener.ended(transfer);
  }

  #show(): void {
    clearTimeout(this.#showTimer);
    this.#showTimer = undefined;
    this.#listener.changed([...[...this.#running.values()].map(({ transfer }) => transfer), ...this.#past.values()]);
  }
}

const keyOf = (direction: Transfer["direction"], peer: PeerKey, id: string): string => `${direction} ${peer} ${id}`;
