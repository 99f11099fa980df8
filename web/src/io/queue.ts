// SPDX-License-Identifier: AGPL-3.0-only
/** Runs asynchronous tasks one after the other, in the order in which they came (E4). */
export class SequentialQueue {
  #last: Promise<void> = Promise.resolve();

  /** Runs a task. One that fails is its own caller's affair: it has to catch; the queue goes on. */
  run(task: () => Promise<void>): void {
    this.#last = this.#last.then(task).catch((error: unknown) => reportError(error));
  }
}
