// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import type { LinkStatus } from "../core/view.ts";
import type { OwnStream } from "../io/own-streams.ts";
import { strings } from "../locale/strings.ts";
import type { Intents } from "./intents.ts";
import { streamLabel } from "./labels.ts";
import { Player } from "./Player.tsx";
import { Tile } from "./Tile.tsx";

interface OwnTileProps {
  readonly username: string;
  readonly link: LinkStatus;
  readonly streams: readonly OwnStream[];
  readonly isSpeaking: boolean;
  readonly intents: Intents;
}

const linkWords = { joining: strings.joining, joined: strings.online, reconnecting: strings.reconnecting } as const;

/** Oneself. */
export function OwnTile({ username, link, streams, isSpeaking, intents }: OwnTileProps): JSX.Element {
  const videos = streams.filter(({ info }) => info.track_kind === "video");
  return (
    <Tile
      name={strings.you(username)}
      isOwn
      state={linkWords[link]}
      mood={link === "joined" ? "good" : "waiting"}
      isSpeaking={isSpeaking}
      pictures={videos.map(({ info, stream, source }) => (
        <Player
          key={info.id}
          stream={stream}
          kind="video"
          label={streamLabel(info)}
          isOwn
          isMirrored={source === "camera"}
          onBlocked={intents.soundBlocked}
        />
      ))}
      resources={streams.map((own) => (
        <OwnResource key={own.info.id} own={own} intents={intents} />
      ))}
    />
  );
}

function OwnResource({
  own: { info, source, muted },
  intents,
}: {
  readonly own: OwnStream;
  readonly intents: Intents;
}): JSX.Element {
  const labelId = `own-${info.id}`;
  return (
    <li>
      <span id={labelId} class="label">
        {streamLabel(info)}
      </span>
      {muted && <span class="hint">{strings.muted}</span>}
      {source === "microphone" && (
        <button type="button" aria-describedby={labelId} onClick={() => intents.setMuted(info.id, !muted)}>
          {muted ? strings.unmute : strings.mute}
        </button>
      )}
      <button type="button" aria-describedby={labelId} onClick={() => intents.stopSharing(info.id)}>
        {strings.stopSharing}
      </button>
    </li>
  );
}
