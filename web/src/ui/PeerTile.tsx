// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import type { PeerKey } from "../core/events.ts";
import type { PeerStatus } from "../core/events.ts";
import type { ResourceInfo } from "../core/relay-messages.ts";
import type { RemoteResource } from "../core/resources.ts";
import type { PeerView } from "../core/view.ts";
import type { PeerStats } from "../rtc/peer-stats.ts";
import { streamKey } from "../core/stream-key.ts";
import type { Transfer } from "../files/transfers.ts";
import { formatBytes } from "../locale/format.ts";
import { withoutQuotes } from "../core/shown-text.ts";
import { fileLabel, labelInWords, nameOf, spokenName, statusWords, streamLabel } from "../locale/labels.ts";
import { strings } from "../locale/strings.ts";
import type { Intents } from "../state/intents.ts";
import { later } from "./later.tsx";
import { Player } from "./Player.tsx";
import type { Picture } from "./PictureFrame.tsx";
import { Tile, type TilePosition } from "./Tile.tsx";
import { TransferBar } from "./TransferBar.tsx";

interface PeerTileProps {
  readonly position: TilePosition;
  readonly peer: PeerView;
  /** Among those whose names look the same. */
  readonly number: number;
  /** The preview of a video, if there is one to draw. */
  readonly stillOf: (id: string) => string | undefined;
  readonly streamOf: (id: string) => MediaStream | undefined;
  readonly transfers: readonly Transfer[];
  /** With `webrtc_debug`. */
  readonly stats: PeerStats | undefined;
  /** How loud people were made, by their names. */
  readonly volumes: Map<string, number>;
  readonly isSpeaking: boolean;
  readonly speaker: string | undefined;
  readonly intents: Intents;
}

const Advice = later(async () => (await import("./Advice.tsx")).Advice);
const Statistics = later(async () => (await import("./Statistics.tsx")).Statistics);

const moods = {
  unconnected: "none",
  connecting: "waiting",
  connected: "good",
  reconnecting: "waiting",
  failed: "bad",
} as const satisfies Record<PeerStatus, string>;

/** Another member. */
export function PeerTile({
  position,
  peer,
  number,
  stillOf,
  streamOf,
  transfers,
  stats,
  volumes,
  isSpeaking,
  speaker,
  intents,
}: PeerTileProps): JSX.Element {
  const name = nameOf(peer.username);
  const owner = spokenName(name, number);
  const [volume, setVolume] = useState(() => volumes.get(name) ?? 1);
  const changeVolume = (changed: number): void => {
    volumes.set(name, changed);
    setVolume(changed);
  };
  const tracks = peer.resources.filter(({ info }) => info.kind === "track");
  const files = peer.resources.filter(({ info }) => info.kind === "file");
  const play = (kind: "audio" | "video"): Picture[] =>
    tracks
      .filter(({ info, wanted }) => wanted && info.track_kind === kind)
      .flatMap(({ info }) => {
        const stream = streamOf(info.id);
        const label = strings.streamOf(labelInWords(info), owner);
        return stream
          ? [
              {
                key: streamKey(peer.key, info.id),
                label,
                content: (
                  <Player
                    key={info.id}
                    stream={stream}
                    kind={kind}
                    label={label}
                    speaker={speaker}
                    volume={volume}
                    onBlocked={intents.soundBlocked}
                  />
                ),
              },
            ]
          : [];
      });
  const sounds = play("audio");
  const isHeard = tracks.some(({ info, wanted }) => wanted && streamOf(info.id)?.getAudioTracks()[0]);
  return (
    <Tile
      position={position}
      name={name}
      number={number}
      state={statusWords(peer.status, peer.relayed)}
      mood={moods[peer.status]}
      advice={peer.status === "failed" && <Advice />}
      isSpeaking={isSpeaking}
      pictures={[
        ...play("video"),
        ...tracks.flatMap(({ info }) => stillPicture(info, stillOf(info.id), peer.key, owner)),
      ]}
      sounds={sounds.map(({ content }) => content)}
      resources={[
        isHeard && <Volume key="volume" owner={owner} volume={volume} onChange={changeVolume} />,
        ...tracks.map((resource) => (
          <PeerResource key={resource.info.id} peer={peer} owner={owner} resource={resource} intents={intents} />
        )),
        ...files.map((resource) => (
          <PeerFile
            key={resource.info.id}
            peer={peer}
            resource={resource}
            transfer={transfers.find(({ id, direction }) => id === resource.info.id && direction === "in")}
            intents={intents}
          />
        )),
      ]}
      details={stats && <Statistics stats={stats} />}
    />
  );
}

/** The preview of a video that waits to be enabled. */
function stillPicture(info: ResourceInfo, still: string | undefined, peer: PeerKey, owner: string): Picture[] {
  if (still === undefined) return [];
  const label = strings.preview(strings.streamOf(labelInWords(info), owner));
  return [
    { key: streamKey(peer, info.id), label, isStill: true, content: <img class="still" src={still} alt={label} /> },
  ];
}

interface VolumeProps {
  readonly owner: string;
  readonly volume: number;
  readonly onChange: (volume: number) => void;
}

/** How loud somebody is here; nobody else notices. */
function Volume({ owner, volume, onChange }: VolumeProps): JSX.Element {
  return (
    <li class="quiet">
      <input
        type="range"
        min={0}
        max={1}
        step={0.05}
        value={volume}
        aria-label={strings.volumeOf(owner)}
        onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber)}
      />
    </li>
  );
}

interface PeerResourceProps {
  readonly peer: PeerView;
  readonly owner: string;
  readonly resource: Readonly<RemoteResource>;
  readonly intents: Intents;
}

function PeerResource({ peer, owner, resource: { info, wanted, flowing }, intents }: PeerResourceProps): JSX.Element {
  const label = streamLabel(info);
  // Ids of peers may have blanks in them, and those of two may be equal.
  const labelId = useId();
  return (
    <li class={flowing && wanted ? "quiet" : ""}>
      {wanted && (
        <bdi class="label" aria-hidden="true">
          {label}
        </bdi>
      )}
      <span id={labelId} class="hidden">
        {strings.streamOf(labelInWords(info), owner)}
      </span>
      {wanted && !flowing && <span class="hint">{strings.starting}</span>}
      <button type="button" aria-describedby={labelId} onClick={() => intents.want(peer.key, info.id, !wanted)}>
        {wanted ? strings.disable : strings.enable(withoutQuotes(label))}
      </button>
    </li>
  );
}

interface PeerFileProps {
  readonly peer: PeerView;
  readonly resource: Readonly<RemoteResource>;
  readonly transfer: Transfer | undefined;
  readonly intents: Intents;
}

/** A file that the peer offers, and how far its download is. */
function PeerFile({ peer, resource: { info, wanted }, transfer, intents }: PeerFileProps): JSX.Element {
  const labelId = useId();
  const label = fileLabel(info);
  const isRunning = wanted && transfer !== undefined;
  return (
    <li class="file-item">
      <bdi id={labelId} class="label">
        {label}
      </bdi>
      {info.size !== undefined && <span class="hint">{formatBytes(info.size)}</span>}
      {isRunning ? (
        <>
          <TransferBar transfer={transfer} label={label} />
          <button type="button" aria-describedby={labelId} onClick={() => intents.abortDownload(peer.key, info.id)}>
            {strings.abort}
          </button>
        </>
      ) : (
        <button type="button" aria-describedby={labelId} onClick={() => intents.download(peer.key, info)}>
          {strings.download}
        </button>
      )}
    </li>
  );
}
