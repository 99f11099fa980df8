// SPDX-License-Identifier: AGPL-3.0-only
/** Records a picture and a sound, and hands out the bytes in order as they are made. */

/** The pause between two pieces, in milliseconds. */
const piece = 1_000;
/** Bytes that may wait for the disk: one that takes less than this is too slow. */
const mostWaiting = 64 * 1_048_576;
const bits = { videoBitsPerSecond: 2_500_000, audioBitsPerSecond: 128_000 };

export interface FilmListener {
  /** Settles when the bytes are stored. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Called once, when the film cannot go on. */
  failed(): void;
}

export class Film {
  readonly #recorder: MediaRecorder;
  readonly #listener: FilmListener;
  readonly #stopped: Promise<void>;
  #queue = Promise.resolve();
  #waiting = 0;
  #isFailed = false;

  constructor(tracks: readonly MediaStreamTrack[], mimeType: string, listener: FilmListener) {
    this.#listener = listener;
    this.#recorder = new MediaRecorder(new MediaStream([...tracks]), { mimeType, ...bits });
    this.#recorder.addEventListener("dataavailable", ({ data }) => this.#take(data));
    this.#recorder.addEventListener("error", () => this.#fail());
    this.#stopped = new Promise((resolve) => this.#recorder.addEventListener("stop", () => resolve(), { once: true }));
    this.#recorder.start(piece);
  }

  /** Ends; settles when all that was recorded is written. */
  async stop(): Promise<void> {
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    await this.#stopped;
    await this.#queue;
  }

  #take(data: Blob): void {
    if (this.#isFailed || data.size === 0) return;
    this.#waiting += data.size;
    if (this.#waiting > mostWaiting) return this.#fail();
    this.#queue = this.#queue.then(() => this.#write(data));
  }

  async #write(data: Blob): Promise<void> {
    if (this.#isFailed) return;
    try {
      await this.#listener.write(new Uint8Array(await data.arrayBuffer()));
      this.#waiting -= data.size;
    } catch {
      this.#fail();
    }
  }

  #fail(): void {
    if (this.#isFailed) return;
    this.#isFailed = true;
    this.#listener.failed();
  }
}
