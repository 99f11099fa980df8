// SPDX-License-Identifier: AGPL-3.0-only
/** Raised hands and reactions: own ones, which are few, and those of peers, of which so many count (M11, M12). */

import { limits, times } from "./limits.ts";
import type { Outbox } from "./outbox.ts";
import type { Peer } from "./peer.ts";
import type { HandState, ReactionName, RelayMessage } from "./relay-messages.ts";

const feature = "gestures";

export class Gestures {
  readonly #peers: ReadonlyMap<number, Peer>;
  readonly #out: Outbox;
  /** The own hand, once it was raised. */
  #hand: HandState | undefined;
  /** Own gestures of the last moment. */
  #recent = 0;

  constructor(peers: ReadonlyMap<number, Peer>, out: Outbox) {
    this.#peers = peers;
    this.#out = out;
  }

  /** Raises or lowers the own hand. */
  setHand(state: HandState): void {
    if (state === (this.#hand ?? "down") || !this.#mayMake(state === "up")) return;
    this.#hand = state;
    this.#tellAll({ hand: { state } });
    this.#out.add({ type: "hand-changed", state });
  }

  react(name: ReactionName): void {
    if (!this.#mayMake(this.#hand === "up")) return;
    this.#tellAll({ reaction: { name } });
    this.#out.add({ type: "reacted", name });
  }

  /** Tells a peer that comes, or comes back, how the own hand is. */
  met(peer: Peer): void {
    if (this.#hand !== undefined && knows(peer)) this.#out.relay(peer, { hand: { state: this.#hand } });
  }

  /** @returns whether it counts: peers make no more of them than people do */
  heard(peer: Peer, message: Extract<RelayMessage, { hand: unknown } | { reaction: unknown }>): boolean {
    if ("hand" in message && message.hand.state === peer.hand) return true;
    if (peer.gestures >= limits.gestures) return false;
    peer.gestures += 1;
    if (peer.gestures === 1) this.#out.startTimer({ name: "gestures", of: peer.key }, times.gestures);
    if ("reaction" in message) {
      this.#out.add({ type: "reacted", peer: peer.key, name: message.reaction.name });
    } else {
      peer.hand = message.hand.state;
      this.#out.add({ type: "hand-changed", peer: peer.key, state: peer.hand });
    }
    return true;
  }

  /** Begins to count anew. @param peer whose gestures were counted; nobody for oneself */
  due(peer: Peer | undefined): void {
    if (peer) peer.gestures = 0;
    else this.#recent = 0;
  }

  /** Counts an own gesture. @param isHandUp whether the hand is up then: one gesture is left to lower it */
  #mayMake(isHandUp: boolean): boolean {
    if (this.#recent + Number(isHandUp) >= limits.ownGestures) return false;
    this.#recent += 1;
    if (this.#recent === 1) this.#out.startTimer({ name: "gestures", of: 0 }, times.gestures);
    return true;
  }

  #tellAll(message: RelayMessage): void {
    for (const peer of this.#peers.values()) if (knows(peer)) this.#out.relay(peer, message);
  }
}

const knows = ({ credential, features }: Peer): boolean => credential !== undefined && features.has(feature);
