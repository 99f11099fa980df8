// SPDX-License-Identifier: AGPL-3.0-only
/** The STUN and TURN servers of connections, and whether only TURN is used, so that the own address stays hidden (N18). */

import type { IceSource } from "../io/server-config.ts";

type Configurable = Pick<RTCPeerConnection, "getConfiguration" | "setConfiguration" | "signalingState">;

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
  renew(connection: Configurable): Promise<void> | undefined {
    return this.#source.renew?.()?.then(() => {
      if (connection.signalingState !== "closed") this.configure(connection);
    });
  }

  /** Has a connection use what holds now. How its streams are bundled cannot change any more. */
  configure(connection: Configurable): void {
    const { bundlePolicy } = connection.getConfiguration();
    connection.setConfiguration({ ...this.configuration, ...(bundlePolicy && { bundlePolicy }) });
  }
}
