// SPDX-License-Identifier: AGPL-3.0-only

import type { PeerKey } from "./events.ts";

/** The key of a stream among those of all members; `own` are this client's. */
export const streamKey = (member: PeerKey | "own", id: string): string => `${member} ${id}`;
