// SPDX-License-Identifier: AGPL-3.0-only
/** What is needed of this folder when somebody else is there, as one file to load. */

export { Acquaintances } from "./acquaintances.ts";
export { Narrator } from "./narrator.ts";
