// SPDX-License-Identifier: AGPL-3.0-only
/** Words for what comes over the wire. */

import type { PeerStatus } from "../core/peer.ts";
import type { ResourceInfo } from "../core/relay-messages.ts";
import { strings } from "./strings.ts";

/** A resource's label, in the reader's language where it is one that our clients give: "Camera", "Camera 2". */
export function streamLabel({ label }: ResourceInfo): string {
  const [, base = "", number = ""] = /^(Microphone|Camera|Screen)( \d+)?$/.exec(label ?? "") ?? [];
  const known = new Map([
    ["Microphone", strings.microphone],
    ["Camera", strings.camera],
    ["Screen", strings.screen],
  ]).get(base);
  return known === undefined ? label || strings.unnamedStream : known + number;
}

/** A peer's connection state in words. */
export function statusWords(status: PeerStatus, relayed: boolean | undefined): string {
  if (status !== "connected" || relayed === undefined) return strings[status];
  return relayed ? strings.relayed : strings.direct;
}
