// SPDX-License-Identifier: AGPL-3.0-only
/** The test vectors that every implementation replays: spec/vectors. */

import { readFileSync } from "node:fs";

export function readVectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../spec/vectors/${name}.json`, import.meta.url), "utf8")) as T;
}

export interface Valid {
  readonly text: string;
  /** What encoding again gives; left out when it is the same text. */
  readonly same_as?: string;
}

export interface Invalid {
  readonly text: string;
  readonly why: string;
}
