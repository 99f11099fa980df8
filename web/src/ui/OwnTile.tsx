// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import type { PeerKey } from "../core/events.ts";
import type { ResourceInfo } from "../core/relay-messages.ts";
import type { LinkStatus } from "../core/events.ts";
import type { OwnFile } from "../files/own-files.ts";
import type { OwnStream } from "../media/own-streams.ts";
import { streamKey } from "../core/stream-key.ts";
import type { Transfer } from "../files/transfers.ts";
import { formatBytes } from "../locale/format.ts";
import { fileLabel, nameOf, streamLabel } from "../locale/labels.ts";
import { strings } from "../locale/strings.ts";
import type { Intents } from "../state/intents.ts";
import { Player } from "./Player.tsx";
import { Tile, type TilePosition } from "./Tile.tsx";
import { TransferBar } from "./TransferBar.tsx";

interface OwnTileProps {
  readonly position: TilePosition;
  readonly username: string;
  readonly link: LinkStatus;
  readonly streams: readonly OwnStream[];
  readonly files: readonly OwnFile[];
  readonly transfers: readonly Transfer[];
  /** A peer within a sentence. */
  readonly wordsFor: (peer: PeerKey) => string;
  readonly isSpeaking: boolean;
  /** No camera was chosen by name, so that a phone's other one can be asked for: of the newest stream. */
  readonly canFlip: boolean;
  readonly intents: Intents;
}

const linkWords = { joining: "joining", joined: "online", reconnecting: "reconnecting" } as const;

/** Oneself. */
export function OwnTile(props: OwnTileProps): JSX.Element {
  const { position, username, link, streams, files, transfers, wordsFor, isSpeaking, canFlip, intents } = props;
  const videos = streams.filter(({ info }) => info.track_kind === "video");
  const newestCamera = streams.findLast(({ source }) => source === "camera");
  return (
    <Tile
      position={position}
      name={nameOf(username)}
      isOwn
      state={strings[linkWords[link]]}
      mood={link === "joined" ? "good" : "waiting"}
      isSpeaking={isSpeaking}
      pictures={videos.map((own) => ({
        key: streamKey("own", own.info.id),
        label: streamLabel(own.info),
        content: (
          <Player
            stream={own.stream}
            kind="video"
            label={streamLabel(own.info)}
            isOwn
            isMirrored={own.source === "camera" && facingOf(own) !== "environment"}
            onBlocked={intents.soundBlocked}
          />
        ),
      }))}
      resources={[
        ...streams.map((own) => (
          <OwnResource key={own.info.id} own={own} canFlip={canFlip && own === newestCamera} intents={intents} />
        )),
        ...files.map(({ info }) => (
          <OwnFileItem
            key={info.id}
            info={info}
            transfers={transfers.filter(({ id, direction }) => id === info.id && direction === "out")}
            wordsFor={wordsFor}
            intents={intents}
          />
        )),
      ]}
    />
  );
}

interface OwnFileProps {
  readonly info: ResourceInfo;
  readonly transfers: readonly Transfer[];
  /** A peer within a sentence. */
  readonly wordsFor: (peer: PeerKey) => string;
  readonly intents: Intents;
}

/** A file on offer, with how far each receiver is. */
function OwnFileItem({ info, transfers, wordsFor, intents }: OwnFileProps): JSX.Element {
  const labelId = useId();
  return (
    <li class="file-item">
      <bdi id={labelId} class="label">
        {fileLabel(info)}
      </bdi>
      <span class="hint">{formatBytes(info.size ?? 0)}</span>
      <button type="button" aria-describedby={labelId} onClick={() => intents.stopSharing(info.id)}>
        {strings.stopSharing}
      </button>
      {transfers.map((transfer) => (
        <span key={transfer.peer} class="receiver">
          <span class="hint">{strings.sendingTo(wordsFor(transfer.peer))}</span>
          <TransferBar transfer={transfer} label={`${fileLabel(info)} ${strings.sendingTo(wordsFor(transfer.peer))}`} />
        </span>
      ))}
    </li>
  );
}

/** Cameras of phones say which way they look; others do not. */
function facingOf({ captured }: OwnStream): string | undefined {
  return captured.getVideoTracks()[0]?.getSettings().facingMode;
}

function OwnResource({
  own,
  canFlip,
  intents,
}: {
  readonly own: OwnStream;
  readonly canFlip: boolean;
  readonly intents: Intents;
}): JSX.Element {
  const { info, source, muted, silenced } = own;
  const labelId = useId();
  const facing = canFlip && facingOf(own);
  return (
    <li class={silenced || muted ? "" : source === "microphone" ? "often" : "quiet"}>
      <span id={labelId} class="label">
        {streamLabel(info)}
      </span>
      {muted && <span class="hint">{strings.muted}</span>}
      {silenced && <span class="hint">{strings.silenced}</span>}
      {source === "microphone" && (
        <button type="button" aria-describedby={labelId} onClick={() => intents.setMuted(info.id, !muted)}>
          {muted ? strings.unmute : strings.mute}
        </button>
      )}
      {facing && (
        <button type="button" aria-describedby={labelId} onClick={() => intents.flipCamera(facing)}>
          {strings.flipCamera}
        </button>
      )}
      <button type="button" aria-describedby={labelId} onClick={() => intents.stopSharing(info.id)}>
        {strings.stopSharing}
      </button>
    </li>
  );
}
