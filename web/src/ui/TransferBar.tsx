// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import type { Transfer } from "../files/transfers.ts";
import { enOfMedia } from "../locale/en-media.ts";
import { formatBytes, formatDuration, formatSpeed } from "../locale/format.ts";
import { addEnglish, strings } from "../locale/strings.ts";

addEnglish(enOfMedia);

/** The progress of a file: how far it is, how fast it goes and how long it still takes. */
export function TransferBar({ transfer, label }: { readonly transfer: Transfer; readonly label: string }): JSX.Element {
  const { bytes, size, speed, isStalled = false } = transfer;
  const words = [size === undefined ? formatBytes(bytes) : `${formatBytes(bytes)} / ${formatBytes(size)}`];
  if (speed > 0) words.push(formatSpeed(speed));
  if (speed > 0 && size !== undefined) words.push(strings.remaining(formatDuration((size - bytes) / speed)));
  if (isStalled) words.push(strings.stalled);
  return (
    <span class="transfer">
      <progress aria-label={label} {...(size === undefined ? {} : { value: bytes, max: Math.max(size, 1) })} />
      <span class="hint">{bytes === 0 && speed === 0 && !isStalled ? strings.waiting : words.join(" · ")}</span>
    </span>
  );
}
