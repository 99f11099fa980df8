// SPDX-License-Identifier: AGPL-3.0-only
/** The people in a file, for another browser of the same person (Y19). */

import { decodePeople, type Person } from "../core/people.ts";
import { Malformed, parse } from "../core/schema.ts";
import { Credential } from "../crypto/credential.ts";
import { lockPeople, peopleFileBytes, unlockPeople, WrongPassphrase } from "../crypto/people-file.ts";

export type Opened =
  { readonly type: "opened"; readonly people: readonly Person[] } | { readonly type: "locked" | "none" };

export async function fileOf(people: readonly Person[], passphrase: string): Promise<Blob> {
  return new Blob([await lockPeople(people, passphrase)], { type: "application/json" });
}

/** Opens a file: `locked` with another passphrase, `none` if it is another file. */
export async function openPeople(file: Blob, passphrase: string): Promise<Opened> {
  if (file.size > peopleFileBytes) return { type: "none" };
  try {
    const json = await unlockPeople(await file.text(), passphrase);
    if (json === undefined) return { type: "none" };
    const people = [...parse(decodePeople, json).values()];
    const credentials = await Promise.all(people.map(({ credential }) => Credential.parse(credential)));
    return { type: "opened", people: people.filter((_, at) => credentials[at]) };
  } catch (error) {
    if (error instanceof WrongPassphrase) return { type: "locked" };
    if (error instanceof Malformed) return { type: "none" };
    throw error;
  }
}
