// SPDX-License-Identifier: AGPL-3.0-only
/** How loud it is what receivers play. */

import { clock } from "./path-signs.ts";

/** The time for which a packet tells how loud it is, in milliseconds. */
const freshness = 500;

/** The newest packet of each receiver by its engine's clock, which in WebKit is not the page's, and when it was seen. */
const newest = new WeakMap<RTCRtpReceiver, { readonly timestamp: number; readonly seen: number }>();

/** The level in the last packet's header, 0 to 1; 0 if none came just now. To be asked more often than twice a second. */
export function levelOf(receiver: RTCRtpReceiver, now = clock()): number {
  const [source] = receiver.getSynchronizationSources();
  if (!source) return 0;
  const known = newest.get(receiver);
  const last = known?.timestamp === source.timestamp ? known : { timestamp: source.timestamp, seen: now };
  newest.set(receiver, last);
  return now - last.seen < freshness ? (source.audioLevel ?? 0) : 0;
}
