// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Tells what is on offer here: files beyond a handful in small portions, so that all else is heard meanwhile (M7). A
 * folder may have ten thousand files, and a server takes some two hundred messages a second from one client.
 */

import type { PeerKey } from "./events.ts";
import { limits, times } from "./limits.ts";
import type { Outbox } from "./outbox.ts";
import type { Peer } from "./peer.ts";
import type { ResourceInfo } from "./relay-messages.ts";
import type { OwnResources } from "./resources.ts";

export class Offering {
  readonly #own: OwnResources;
  readonly #peers: ReadonlyMap<PeerKey, Peer>;
  readonly #out: Outbox;
  #waiting: { readonly id: string; readonly client: number | undefined }[] = [];
  /** Messages about files since the last pause. */
  #told = 0;

  constructor(own: OwnResources, peers: ReadonlyMap<PeerKey, Peer>, out: Outbox) {
    this.#own = own;
    this.#peers = peers;
    this.#out = out;
  }

  /** Tells a newcomer what is on offer, files last. */
  greet(client: number): void {
    this.forget(client);
    for (const info of this.#own.byUrgency()) this.tell(info, client);
  }

  /** Tells one member, or all, of something; a file may have to wait. */
  tell(info: ResourceInfo, client?: number): void {
    if (info.kind !== "file") this.#relay(info, client);
    else if (this.#waiting.length > 0 || this.#told >= limits.offersAtOnce) this.#waiting.push({ id: info.id, client });
    else this.#tellFile(info, client);
  }

  /** Tells the next ones, after a pause. */
  due(): void {
    this.#told = 0;
    let taken = 0;
    while (taken < this.#waiting.length && this.#told < limits.offersAtOnce) {
      const next = this.#waiting[taken++];
      const info = next && this.#own.get(next.id);
      if (info) this.#tellFile(info, next.client);
    }
    this.#waiting = this.#waiting.slice(taken);
  }

  /** Tells somebody who has left nothing more. */
  forget(client: number): void {
    if (this.#waiting.length > 0) this.#waiting = this.#waiting.filter((each) => each.client !== client);
  }

  /** Signaling was lost: everybody will be greeted anew. */
  lost(): void {
    this.#waiting = [];
  }

  #tellFile(info: ResourceInfo, client: number | undefined): void {
    const before = this.#told;
    this.#told += client === undefined ? this.#copies() : 1;
    if (before < limits.offersAtOnce && this.#told >= limits.offersAtOnce)
      this.#out.startTimer({ name: "offers", of: 0 }, times.offers);
    this.#relay(info, client);
  }

  /** How many messages a word to all is: each peer that is sealed for gets one of its own (Y12). */
  #copies(): number {
    return Math.max(1, [...this.#peers.values()].filter(({ credential }) => credential !== undefined).length);
  }

  #relay(info: ResourceInfo, client: number | undefined): void {
    const message = { provide: info };
    this.#out.add({ type: "relay", message, ...(client === undefined ? {} : { recipient: client }) });
  }
}
