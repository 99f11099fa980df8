// SPDX-License-Identifier: AGPL-3.0-only
/** Code that is loaded when it is first needed; what is ordered meanwhile waits for it, in order. */

/** The pause between two attempts of `persistently`, in milliseconds. */
const pause = 1_000;

interface Waiting<T> {
  readonly work: (loaded: T) => void;
  readonly failed: (error: unknown) => void;
}

export class Late<T> {
  readonly #make: () => Promise<T>;
  #loading: Promise<T> | undefined;
  #loaded: T | undefined;
  readonly #waiting: Waiting<T>[] = [];

  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  /** The loaded code; undefined as long as it was not needed. */
  get loaded(): T | undefined {
    return this.#loaded;
  }

  /** Rejects when the server cannot be reached; the next call tries again. */
  load(): Promise<T> {
    this.#loading ??= this.#make().then(
      (loaded) => {
        this.#loaded = loaded;
        this.#end(({ work }) => work(loaded));
        return loaded;
      },
      (error: unknown) => {
        this.#loading = undefined;
        this.#end(({ failed }) => failed(error));
        throw error;
      },
    );
    return this.#loading;
  }

  /** Does the work now, or once the code is there. @param failed when the code cannot be loaded, or the work fails */
  do(work: (loaded: T) => void, failed: (error: unknown) => void): void {
    if (this.#loaded) return work(this.#loaded);
    this.#waiting.push({ work, failed });
    // Whoever waits for the code is told.
    void this.load().catch(() => undefined);
  }

  /** Ends the waiting at once and in order: what is ordered from here on comes after it. */
  #end(end: (waiting: Waiting<T>) => void): void {
    for (const waiting of this.#waiting.splice(0)) {
      try {
        end(waiting);
      } catch (error) {
        waiting.failed(error);
      }
    }
  }
}

/** Loads code without which nothing goes on, until the server is there to give it. */
export const persistently = <T>(load: () => Promise<T>): Promise<T> =>
  load().catch(async () => {
    await new Promise((resolve) => setTimeout(resolve, pause));
    return persistently(load);
  });
