// SPDX-License-Identifier: AGPL-3.0-only
/** Tells encoders what they may take. Browsers refuse a change that overlaps another one: then it is made again. */

import type { VideoEncoding } from "../core/upload-shares.ts";

/** What encoders heed that TypeScript does not know yet. */
export interface WantedEncoding extends Partial<VideoEncoding> {
  readonly degradationPreference?: "balanced" | "maintain-resolution";
  readonly priority?: RTCPriorityType;
  readonly networkPriority?: RTCPriorityType;
}

/** The times that a change is made again: one of a connection that was closed meanwhile never works. */
const mostRetries = 10;

/** What each sender is to have in the end. */
const latest = new WeakMap<RTCRtpSender, WantedEncoding>();

/** Changes how a sender encodes. Of changes that come faster than a browser makes them, the last one holds. */
export function encode(sender: RTCRtpSender, wanted: WantedEncoding): void {
  latest.set(sender, wanted);
  void change(sender, wanted, 0);
}

async function change(sender: RTCRtpSender, wanted: WantedEncoding, retries: number): Promise<void> {
  const { degradationPreference, ...encoding } = wanted;
  const parameters = Object.assign(sender.getParameters(), degradationPreference && { degradationPreference });
  for (const each of parameters.encodings) Object.assign(each, encoding);
  try {
    // Waiting for one change before the next would take long: busy encoders take seconds for each.
    await sender.setParameters(parameters);
  } catch {
    if (retries < mostRetries && latest.get(sender) === wanted) await change(sender, wanted, retries + 1);
  }
}
