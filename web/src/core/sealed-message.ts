// SPDX-License-Identifier: AGPL-3.0-only
/** Decodes messages of all kinds, those included that only count sealed (Y12). Loaded with the first other member. */

import { relayMessages } from "./generated/relay-messages.ts";
import { sealedMessages } from "./generated/sealed-messages.ts";
import { oneOf } from "./schema.ts";

/** @returns undefined for an unknown kind. @throws Malformed */
export const decodeRelayMessage = oneOf({ ...relayMessages, ...sealedMessages });
