// SPDX-License-Identifier: AGPL-3.0-only
/** Collects the effects of one event. */

import type { SessionEffect } from "./effects.ts";
import type { Timer } from "./events.ts";
import type { Peer } from "./peer.ts";
import type { RelayMessage } from "./relay-messages.ts";

export class Outbox {
  #effects: SessionEffect[] = [];

  /** @returns what was collected, and starts anew */
  take(): SessionEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  add(effect: SessionEffect): void {
    this.#effects.push(effect);
  }

  /** Relays to one peer; a peer that is away hears it when it is back, as far as it still matters (L6). */
  relay(peer: Peer, message: RelayMessage): void {
    if (peer.id !== undefined) this.add({ type: "relay", recipient: peer.id, message });
  }

  startTimer(timer: Timer, ms: number): void {
    this.add({ type: "start-timer", timer, ms });
  }

  stopTimer(timer: Timer): void {
    this.add({ type: "stop-timer", timer });
  }
}
