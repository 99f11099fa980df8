// SPDX-License-Identifier: AGPL-3.0-only
/** The own names of a stay, of which each member hears all that there are from its meeting on, in order (Y15). */

import { name as decodeName } from "./generated/fields.ts";
import { limits } from "./limits.ts";

interface OwnName {
  readonly number: number;
  readonly name: string;
}

/** The newest names of this client, numbered from 0 (Y6). */
export class OwnNames {
  #names: OwnName[] = [];

  /** The newest one. */
  get newest(): OwnName | undefined {
    return this.#names.at(-1);
  }

  /** Takes a name. @returns whether it is another one than before */
  take(username: string): boolean {
    const name = decodeName(username.replace(/\p{Surrogate}/gu, "\ufffd"));
    if (name === this.newest?.name) return false;
    // Twice as many as are compared: whoever hears the newest of them compares no older ones.
    this.#names = [...this.#names, { number: (this.newest?.number ?? -1) + 1, name }].slice(-2 * limits.names);
    return true;
  }

  /** What is to be said to who has heard of names up to `told`: the newest one in any case. */
  untold(told: number | undefined): readonly OwnName[] {
    const untold = told === undefined ? [] : this.#names.filter(({ number }) => number > told);
    return untold.length > 0 ? untold : this.#names.slice(-1);
  }
}
