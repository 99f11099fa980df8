// SPDX-License-Identifier: AGPL-3.0-only
/** What this page announces of the protocol's additions (M1): all, but for what its engine is no good at. */

import { features } from "../core/generated/features.ts";

/**
 * Firefox ends the encryption of a connection, and so all that goes over it, when a packet of a data channel cannot
 * leave. Beats leave all the time, also while the network changes (N17).
 */
const hasBrittleChannels = navigator.userAgent.includes("Firefox/");

export const ownFeatures = features.filter((feature) => feature !== "beat" || !hasBrittleChannels);
