// SPDX-License-Identifier: AGPL-3.0-only
/** The log for bug reports: states and kinds, never a secret, a name, a label, an address or a word that was said. */

import { signal } from "@preact/signals";

const longest = 500;

export class EventLog {
  readonly lines = signal<readonly string[]>([]);
  /** Messages that were not understood, could not be opened or were not expected: counted, as there may be many. */
  readonly ignored = signal(0);

  add(line: string): void {
    const time = new Date().toISOString().slice(11, 23);
    this.lines.value = [...this.lines.value, `${time} ${line}`].slice(-longest);
  }
}
