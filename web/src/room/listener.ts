// SPDX-License-Identifier: AGPL-3.0-only
/** A listener to what a room tells the page that is in it. */

import type { LineState } from "../core/effects.ts";
import type { Fact } from "../core/facts.ts";
import type { PeerKey } from "../core/events.ts";
import type { Chat } from "../core/relay-messages.ts";
import type { RoomView } from "../core/view.ts";
import type { OwnFile } from "../files/own-files.ts";
import type { EndedTransfer, Transfer } from "../files/transfers.ts";
import type { CaptureProblem } from "../media/capture.ts";
import type { Device, OwnStream } from "../media/own-streams.ts";
import type { Comparison } from "./sealing.ts";

export type { Comparison };

/** A person who can speak: a peer, or this client's own person. */
export type Speaker = PeerKey | "own";

export interface RoomListener {
  changed(view: RoomView, streams: readonly OwnStream[], files: readonly OwnFile[]): void;
  /** A fact has happened, and is told once. What is to be seen of it comes with `changed`, a moment later at most. */
  told(fact: Fact): void;
  /** @param peer who said it, or nobody for oneself @param line the id of an own line */
  chat(username: string, chat: Chat, peer?: PeerKey, line?: string): void;
  /** A peer, or without one this client, offers more of a kind than there is room for. */
  boundReached(kind: string, peer?: PeerKey): void;
  /** The state of an own line has changed. */
  line(id: string, state: LineState): void;
  /** Something is wrong with a peer, or with a member that is none yet (Y11, Y13). */
  warned(about: "unproven" | "missed", peer?: PeerKey): void;
  /**
   * Members see different things (Y18). `contradicts`: the peer goes by both names, each for other people, and has signed
   * both. `withheld`: nothing of what the peer says arrives, as the witness tells; or, without a peer, the server does not
   * show somebody of that name to whom the witness speaks. The server withholds that, or the witness does not tell the
   * truth. `unheard`: nothing of what the peer says arrives, though its sound does. The server withholds that, or the peer
   * stands still or cannot reach the server.
   */
  compared(what: Comparison, peer: PeerKey | undefined, witness: PeerKey | undefined): void;
  /** A message was larger than the server takes. */
  tooLarge(): void;
  roomCount(hash: string, count: number): void;
  transfersChanged(transfers: readonly Transfer[]): void;
  transferEnded(transfer: EndedTransfer): void;
  /** Messages were not understood, could not be opened or were not expected: so many until now (E3, M5). */
  ignored(count: number): void;
  /** The server closed the connection and said why. */
  refused(reason: string): void;
  /** Another device was wanted. @param problem why it cannot be had */
  deviceSwitched(source: Device, problem?: CaptureProblem): void;
  /** The device went away, or the browser's own button ended the stream. */
  captureEnded(stream: OwnStream): void;
  streamsChanged(streams: ReadonlyMap<string, MediaStream>): void;
  speaking(speakers: ReadonlySet<Speaker>): void;
  /** The person talks while all own microphones are muted. */
  talksMuted(): void;
}
