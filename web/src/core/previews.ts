// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Stills of videos that are on offer and not watched: when to take own ones, for whom, and which of the peers' count
 * (V1 to V3).
 */

import { limits, times } from "./limits.ts";
import type { Outbox } from "./outbox.ts";
import type { Peer } from "./peer.ts";
import type { Preview } from "./relay-messages.ts";
import type { OwnResources } from "./resources.ts";

const feature = "preview";

export class Previews {
  readonly #own: OwnResources;
  readonly #peers: ReadonlyMap<number, Peer>;
  readonly #out: Outbox;
  /** Whether this client announced that it shows stills. */
  readonly #isShown: boolean;
  #isTimed = false;
  /** The pause between two stills, while few copies are sent; undefined where none are sent. */
  #pause: number | undefined;

  constructor(features: readonly string[], own: OwnResources, peers: ReadonlyMap<number, Peer>, out: Outbox) {
    this.#isShown = features.includes(feature);
    this.#own = own;
    this.#peers = peers;
    this.#out = out;
  }

  /**
   * Considers whether stills are wanted: somebody may be waiting for one since something happened.
   * @param pause between two of them, while few copies are sent; undefined where none are sent
   */
  consider(pause: number | undefined): void {
    this.#pause = pause;
    if (!this.#isTimed && this.#wanted().length > 0) this.#startTimer(times.firstPreview);
  }

  /** Takes stills when the timer fires, as rarely as many have to be sent (V2). */
  due(): void {
    this.#isTimed = false;
    const wanted = this.#wanted();
    for (const id of wanted) this.#out.add({ type: "take-preview", id });
    const copies = wanted.flatMap((id) => this.#audience(id)).length;
    if (copies > 0) this.#startTimer(Math.max(this.#pause ?? 0, copies * times.previewCopy));
  }

  taken({ id, data }: Preview): void {
    if (data.length > limits.previewLength) return;
    for (const peer of this.#audience(id)) this.#out.relay(peer, { preview: { id, data } });
  }

  /** @returns whether the still is shown: the newest of a video that this client could watch and does not (V3) */
  received(peer: Peer, { id, data }: Preview): boolean {
    peer.hasSentPreview = true;
    if (!this.#isShown || peer.recentPreviews >= limits.previews) return false;
    if (!peer.resources.setPreview(id, data)) return false;
    peer.recentPreviews += 1;
    if (peer.recentPreviews === 1) this.#out.startTimer({ name: "previews", of: peer.key }, times.previews);
    return true;
  }

  /** The original's web client announces nothing, but shows them; its native one stops at one, and sends none (V2). */
  #shows({ features, instance, hasSentPreview }: Peer): boolean {
    return features.has(feature) || (instance === undefined && hasSentPreview);
  }

  #startTimer(ms: number): void {
    this.#isTimed = true;
    this.#out.startTimer({ name: "preview" }, ms);
  }

  /** Own videos that somebody waits for. */
  #wanted(): string[] {
    return this.#own.ids().filter((id) => this.#audience(id).length > 0);
  }

  /** The peers that show previews and do not get the video itself. */
  #audience(id: string): Peer[] {
    if (this.#pause === undefined || !this.#own.isVideo(id)) return [];
    return [...this.#peers.values()].filter(
      (peer) => !peer.isAway && this.#shows(peer) && !this.#own.isRequested(id, peer.key),
    );
  }
}
