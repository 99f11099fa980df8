// SPDX-License-Identifier: AGPL-3.0-only
/** Every number that bounds what a peer or a server can make a client hold, and every pause, in milliseconds. */

export * as limits from "./generated/limits.ts";
export * as times from "./generated/times.ts";
