// SPDX-License-Identifier: AGPL-3.0-only
/** Recordings: the own one, which others are told of, and those of peers (M13). */

import { limits, times } from "./limits.ts";
import type { Outbox } from "./outbox.ts";
import type { Peer } from "./peer.ts";
import type { RecordingState } from "./relay-messages.ts";

const feature = "recording";

export class Recordings {
  readonly #peers: ReadonlyMap<number, Peer>;
  readonly #out: Outbox;
  /** The own recording, once there was one. */
  #state: RecordingState | undefined;
  /** Own ones that began in the last moment. */
  #recent = 0;

  constructor(peers: ReadonlyMap<number, Peer>, out: Outbox) {
    this.#peers = peers;
    this.#out = out;
  }

  /** Tells that an own recording begins or ends. Nothing may be kept before the fact is told. */
  set(state: RecordingState): void {
    if (state === (this.#state ?? "off") || (state === "on" && !this.#mayBegin())) return;
    this.#state = state;
    for (const peer of this.#peers.values()) if (canBeTold(peer)) this.#out.relay(peer, { recording: { state } });
    this.#out.add({ type: "recording-changed", state });
  }

  /** Tells a peer that comes, or comes back, whether this client records. */
  met(peer: Peer): void {
    if (this.#state !== undefined && canBeTold(peer)) this.#out.relay(peer, { recording: { state: this.#state } });
  }

  /** @returns whether what a peer says counts: of one that says much, beginnings do and ends do not */
  heard(peer: Peer, state: RecordingState): boolean {
    if (state === peer.recording) return true;
    if (peer.recordings >= limits.recordings && state === "off") return false;
    peer.recordings += 1;
    if (peer.recordings === 1) this.#out.startTimer({ name: "recordings", of: peer.key }, times.recordings);
    peer.recording = state;
    this.#out.add({ type: "recording-changed", peer: peer.key, state });
    return true;
  }

  /** Begins to count anew. @param peer whose recordings were counted; nobody for oneself */
  due(peer: Peer | undefined): void {
    if (peer) peer.recordings = 0;
    else this.#recent = 0;
  }

  #mayBegin(): boolean {
    if (this.#recent >= limits.ownRecordings) return false;
    this.#recent += 1;
    if (this.#recent === 1) this.#out.startTimer({ name: "recordings", of: 0 }, times.recordings);
    return true;
  }
}

const canBeTold = ({ credential, features }: Peer): boolean => credential !== undefined && features.has(feature);
