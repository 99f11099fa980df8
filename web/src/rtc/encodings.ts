// SPDX-License-Identifier: AGPL-3.0-only
/** Tells encoders what they may take, one change of a sender at a time: browsers refuse one that overlaps another. */

import type { VideoEncoding } from "../core/upload-shares.ts";

/** What encoders heed that TypeScript does not know yet. */
export interface WantedEncoding extends VideoEncoding {
  readonly degradationPreference: "balanced" | "maintain-resolution";
}

/** What senders that are being changed are to have in the end. */
const changing = new WeakMap<RTCRtpSender, WantedEncoding>();

/** Change how a sender encodes. Of changes that come faster than a browser makes them, the last one holds. */
export function encode(sender: RTCRtpSender, wanted: WantedEncoding): void {
  const isChanging = changing.has(sender);
  changing.set(sender, wanted);
  if (!isChanging) void change(sender);
}

async function change(sender: RTCRtpSender): Promise<void> {
  for (let wanted = changing.get(sender); wanted; wanted = changing.get(sender)) {
    const { degradationPreference, ...encoding } = wanted;
    const parameters = Object.assign(sender.getParameters(), { degradationPreference });
    for (const each of parameters.encodings) Object.assign(each, encoding);
    // A sender that fails is of a connection that has just been closed or replaced.
    await sender.setParameters(parameters).catch(() => undefined);
    if (changing.get(sender) === wanted) changing.delete(sender);
  }
}
