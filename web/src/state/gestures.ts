// SPDX-License-Identifier: AGPL-3.0-only
/** Keeps raised hands and reactions as they are shown: a reaction for a moment, a hand until it is lowered. */

import type { HandState, ReactionName } from "../core/relay-messages.ts";
import type { Speaker } from "../room/listener.ts";
import type { Gesture, RoomState } from "./room-state.ts";

/** The time that a reaction is shown, in milliseconds. */
const reactionLife = 6_000;

const none: Gesture = { isHandUp: false };

export class Gestures {
  readonly #state: RoomState;
  readonly #timers = new Map<Speaker, number>();

  constructor(state: RoomState) {
    this.#state = state;
  }

  handChanged(who: Speaker, state: HandState): void {
    this.#show(who, { ...this.#of(who), isHandUp: state === "up" });
  }

  /** Shows a reaction in the place of the one before. */
  reacted(who: Speaker, reaction: ReactionName): void {
    this.#show(who, { ...this.#of(who), reaction });
    clearTimeout(this.#timers.get(who));
    const end = (): void => this.#show(who, { ...this.#of(who), reaction: undefined });
    this.#timers.set(who, setTimeout(end, reactionLife));
  }

  forget(who: Speaker): void {
    clearTimeout(this.#timers.get(who));
    this.#timers.delete(who);
    this.#show(who, none);
  }

  #of(who: Speaker): Gesture {
    return this.#state.gestures.peek().get(who) ?? none;
  }

  #show(who: Speaker, gesture: Gesture): void {
    const shown = new Map(this.#state.gestures.peek());
    shown.delete(who);
    if (gesture.isHandUp || gesture.reaction !== undefined) shown.set(who, gesture);
    this.#state.gestures.value = shown;
  }
}
