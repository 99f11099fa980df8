// SPDX-License-Identifier: AGPL-3.0-only
/** What the negotiation with one peer orders: from the engine of the connection, and from the session around it. */

import type { Description } from "./descriptions.ts";
import type { IceCandidate, RelayMessage } from "./relay-messages.ts";

/** What the engine carries out. */
export type EngineEffect =
  /** `passive`: the answer leaves it to the peer to begin with DTLS (N12). */
  | { readonly type: "set-local-description"; readonly passive?: true }
  | { readonly type: "set-remote-description"; readonly description: Description }
  | { readonly type: "add-candidate"; readonly candidate: IceCandidate }
  | { readonly type: "roll-back" };

export type NegotiationEffect =
  | EngineEffect
  /** Let the next offer restart ICE (N7). */
  | { readonly type: "restart-ice" }
  | { readonly type: "send"; readonly message: RelayMessage }
  /** Close the connection and take the streams to a new one (N8). */
  | { readonly type: "replace-connection" }
  /** Replace a connection that has not got as far as an answer: nothing has gone over it yet (N4). */
  | { readonly type: "renew-connection" }
  /** Give up after too many failures in a row (N7). */
  | { readonly type: "give-up" };
