// SPDX-License-Identifier: AGPL-3.0-only
/** The STUN and TURN servers of connections, and whether only TURN is used, so that the own address stays hidden (N18). */

import type { IceSource } from "../io/server-config.ts";

export class Ice {
  readonly #source: IceSource;
  readonly #hides: () => boolean;

  /** @param hides tells whether the person hides their address */
  constructor(source: IceSource, hides: () => boolean) {
    this.#source = source;
    this.#hides = hides;
  }

  get hidesAddress(): boolean {
    return this.#hides();
  }

  get configuration(): RTCConfiguration {
    return { ...this.#source.configuration, iceTransportPolicy: this.#hides() ? "relay" : "all" };
  }

  /** Gives a connection credentials that last, where they could end; to be waited for before it gathers candidates. */
  renew(connection: Pick<RTCPeerConnection, "setConfiguration" | "signalingState">): Promise<void> | undefined {
    return this.#source.renew?.()?.then(() => {
      if (connection.signalingState !== "closed") connection.setConfiguration(this.configuration);
    });
  }
}
