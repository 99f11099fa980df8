// SPDX-License-Identifier: AGPL-3.0-only
/** The code that moves files, loaded with the first of them; what is ordered meanwhile waits for it, in order. */

import type { TransferListener, Transfers } from "./transfers.ts";

export class LateTransfers {
  readonly #listener: TransferListener;
  #loading: Promise<Transfers> | undefined;
  #loaded: Transfers | undefined;

  constructor(listener: TransferListener) {
    this.#listener = listener;
  }

  /** What is under way; nothing as long as no file was moved. */
  get loaded(): Transfers | undefined {
    return this.#loaded;
  }

  /** Rejects when the server cannot be reached; the next call tries again. */
  load(): Promise<Transfers> {
    this.#loading ??= import("./transfers.ts").then(
      ({ Transfers: Loaded }) => (this.#loaded = new Loaded(this.#listener)),
      (error: unknown) => {
        this.#loading = undefined;
        throw error;
      },
    );
    return this.#loading;
  }

  /** Does it now, or once the code is there. @param failed when it cannot be loaded */
  do(work: (transfers: Transfers) => void, failed: () => void = () => undefined): void {
    if (this.#loaded) work(this.#loaded);
    else this.load().then(work).catch(failed);
  }
}
