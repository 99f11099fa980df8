// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import type { PeerStats } from "../rtc/peer-stats.ts";
import { enOfTrouble } from "../locale/en-trouble.ts";
import { formatPercent } from "../locale/format.ts";
import { addEnglish, strings } from "../locale/strings.ts";

addEnglish(enOfTrouble);

/** The statistics of a connection, for `webrtc_debug`; technical terms, the same in every language. */
export function Statistics({ stats: { path, roundTrip, streams } }: { readonly stats: PeerStats }): JSX.Element {
  return (
    <ul class="statistics" aria-label={strings.statistics}>
      <li>
        {path}
        {roundTrip !== undefined && `, ${Math.round(roundTrip * 1000)} ms`}
      </li>
      {streams.map(({ direction, kind, codec, bitrate, size, loss }, position) => (
        <li key={position}>
          {direction === "in" ? "↓" : "↑"} {kind} {codec} {Math.round(bitrate / 1000)} kbit/s {size}
          {direction === "in" && ` loss ${formatPercent(loss)}`}
        </li>
      ))}
    </ul>
  );
}
