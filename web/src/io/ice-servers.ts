// SPDX-License-Identifier: AGPL-3.0-only
/** The STUN and TURN servers of a room, with credentials that are made anew before they end. */

import type { IceSource, ServerConfig } from "../io/server-config.ts";

/** The time that the credentials of a connection should last at least, in milliseconds. */
const ending = 600_000;
/** The time that a new connection waits for new credentials before it tries the old ones, in milliseconds. */
const patience = 5_000;

export class IceServers implements IceSource {
  readonly #fetch: () => Promise<ServerConfig>;
  readonly #translate: (config: ServerConfig) => RTCConfiguration;
  readonly #now: () => number;
  #config: ServerConfig;
  #since: number;
  #fetching: Promise<void> | undefined;

  /**
   * @param config the configuration that was fetched just now
   * @param fetch asks the server again
   * @param translate makes of it the configuration that browsers want
   * @param now wall time in milliseconds, which goes on while the machine sleeps
   */
  constructor(
    config: ServerConfig,
    fetch: () => Promise<ServerConfig>,
    translate: (config: ServerConfig) => RTCConfiguration,
    now: () => number = Date.now,
  ) {
    this.#config = config;
    this.#fetch = fetch;
    this.#translate = translate;
    this.#now = now;
    this.#since = now();
  }

  /** The newest configuration. */
  get configuration(): RTCConfiguration {
    return this.#translate(this.#config);
  }

  renew(): Promise<void> | undefined {
    const { turn_valid_seconds: lifetime } = this.#config.webrtc;
    if (lifetime === undefined || this.#now() < this.#since + lifetime * 1000 - ending) return undefined;
    this.#fetching ??= this.#fetchAgain().finally(() => (this.#fetching = undefined));
    return this.#fetching;
  }

  async #fetchAgain(): Promise<void> {
    const asked = this.#now();
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, patience, undefined));
    // Without an answer the old credentials are tried, and the next connection asks again.
    const config = await Promise.race([this.#fetch().catch(() => undefined), late]);
    if (!config) return;
    this.#config = config;
    this.#since = asked;
  }
}
