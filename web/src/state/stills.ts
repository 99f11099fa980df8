// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The previews to draw (V3), for components to read. The code that measures them is loaded when the first one comes.
 */

import { signal } from "@preact/signals";
import type { RoomView } from "../core/view.ts";
import { streamKey } from "../core/stream-key.ts";

export class Stills {
  /** The previews by the key of the stream. */
  readonly shown = signal<ReadonlyMap<string, string>>(new Map());
  #newest: ReadonlyMap<string, string> = new Map();

  look({ peers }: RoomView): void {
    const previews = peers.flatMap(({ key, resources }) =>
      resources.flatMap(({ info, preview }) => (preview ? [[streamKey(key, info.id), preview] as const] : [])),
    );
    const isSame = previews.every(([stream, url]) => this.#newest.get(stream) === url);
    if (isSame && previews.length === this.#newest.size) return;
    this.#newest = new Map(previews);
    void this.#draw();
  }

  async #draw(): Promise<void> {
    // Without the server that code cannot be loaded. The next preview tries again.
    const module = await import("../media/stills.ts").catch(() => undefined);
    if (module) this.shown.value = module.drawnStills(this.#newest);
  }
}
