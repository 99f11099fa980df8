// SPDX-License-Identifier: AGPL-3.0-only
/** The files that this page offers. */

import { limits } from "../core/limits.ts";
import type { ResourceInfo } from "../core/relay-messages.ts";

export interface OwnFile {
  readonly info: ResourceInfo;
  readonly file: File;
}

export class OwnFiles {
  readonly #files = new Map<string, OwnFile>();

  add(file: File): ResourceInfo {
    const info = {
      id: crypto.randomUUID(),
      kind: "file",
      label: file.name.slice(0, limits.labelLength),
      size: file.size,
    };
    this.#files.set(info.id, { info, file });
    return info;
  }

  get(id: string): OwnFile | undefined {
    return this.#files.get(id);
  }

  /** @returns whether there was a file with this id */
  remove(id: string): boolean {
    return this.#files.delete(id);
  }

  list(): OwnFile[] {
    return [...this.#files.values()];
  }
}
