// SPDX-License-Identifier: AGPL-3.0-only
/** The parts of a session that only company needs: they are loaded with the first other member. */

import { Connections } from "./connections.ts";
import type { Outbox } from "./outbox.ts";
import type { Peer } from "./peer.ts";
import { Previews } from "./previews.ts";
import type { OwnResources } from "./resources.ts";
import type { SessionOptions } from "./view.ts";

export interface Company {
  readonly connections: Connections;
  readonly previews: Previews;
}

export function makeCompany(
  options: SessionOptions,
  own: OwnResources,
  peers: ReadonlyMap<number, Peer>,
  out: Outbox,
): Company {
  return {
    connections: new Connections(options, own, out),
    previews: new Previews(options.features, own, peers, out),
  };
}
