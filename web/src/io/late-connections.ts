// SPDX-License-Identifier: AGPL-3.0-only
/** The code of peer connections, loaded when somebody else is there; what is ordered meanwhile waits, in order. */

import type { Connections, ConnectionsListener } from "./connections.ts";
import type { PeerConnection } from "./peer-connection.ts";
import type { IceSource } from "./server-config.ts";

/** Between two attempts to load it, in milliseconds. */
const pause = 1_000;

type Work = (connections: Connections) => void;

export class LateConnections {
  readonly #listener: ConnectionsListener;
  #ice: IceSource = { configuration: {} };
  #isLoading = false;
  #loaded: Connections | undefined;
  readonly #waiting: Work[] = [];

  constructor(listener: ConnectionsListener) {
    this.#listener = listener;
  }

  /** Of all connections that are made from now on. */
  use(ice: IceSource): void {
    this.#ice = ice;
  }

  /** What there is; nothing as long as nobody else was there. */
  get loaded(): Connections | undefined {
    return this.#loaded;
  }

  list(): (readonly [number, PeerConnection])[] {
    return this.#loaded?.list() ?? [];
  }

  /** Does it now, or once the code is there. */
  do(work: Work): void {
    if (this.#loaded) return work(this.#loaded);
    this.#waiting.push(work);
    this.load();
  }

  /** Tries until it can be loaded. */
  load(): void {
    if (this.#isLoading || this.#loaded) return;
    this.#isLoading = true;
    import("./connections.ts").then(
      ({ Connections: Loaded }) => this.#start(new Loaded(this.#ice, this.#listener)),
      () => {
        this.#isLoading = false;
        setTimeout(() => this.load(), pause);
      },
    );
  }

  #start(connections: Connections): void {
    this.#loaded = connections;
    for (const work of this.#waiting.splice(0)) {
      try {
        work(connections);
      } catch (error) {
        reportError(error);
      }
    }
  }
}
