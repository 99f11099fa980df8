// SPDX-License-Identifier: AGPL-3.0-only
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useId, useMemo, useState } from "preact/hooks";
import type { PeerKey, PeerStatus } from "../core/events.ts";
import type { Mark } from "../core/people.ts";
import type { RemoteResource } from "../core/resources.ts";
import type { PeerStats } from "../rtc/peer-stats.ts";
import { streamKey } from "../core/stream-key.ts";
import type { Transfer } from "../files/transfers.ts";
import { formatBytes } from "../locale/format.ts";
import { withoutQuotes } from "../core/shown-text.ts";
import { fileLabel, labelInWords, nameOf, spokenName, statusWords, streamLabel } from "../locale/labels.ts";
import { strings } from "../locale/strings.ts";
import type { Device } from "../media/devices.ts";
import { hasVolumes } from "../media/play.ts";
import type { Settings } from "../settings/store.ts";
import type { Intents } from "../state/intents.ts";
import type { Gesture, PausedPicture, PersonView } from "../state/room-state.ts";
import { GestureMark } from "./GestureMark.tsx";
import { IdentityMark } from "./IdentityMark.tsx";
import { later } from "./later.tsx";
import { RecordingMark } from "./RecordingMark.tsx";
import { Player } from "./Player.tsx";
import type { Picture } from "./PictureFrame.tsx";
import { Tile, type TilePosition } from "./Tile.tsx";
import { TransferBar } from "./TransferBar.tsx";

interface PeerTileProps {
  readonly position: TilePosition;
  readonly peer: PersonView;
  /** The number of the peer among those whose names look the same. */
  readonly number: number;
  /** The preview of a video, if there is one to draw. */
  readonly stillOf: (id: string) => string | undefined;
  /** How a picture is paused, if it is. */
  readonly pausedOf: (id: string) => PausedPicture | undefined;
  readonly streamOf: (id: string) => MediaStream | undefined;
  readonly transfers: readonly Transfer[];
  /** The ways to all peers. */
  readonly stats: Signal<ReadonlyMap<PeerKey, PeerStats>>;
  /** Whether the server has a relay, once that is known. */
  readonly hasRelay: Signal<boolean | undefined>;
  readonly devices: readonly Device[];
  /** The volumes that people were set to, by their names. */
  readonly volumes: Map<string, number>;
  /** Those that are in use, by peer. */
  readonly volumesInUse: Map<PeerKey, number>;
  readonly gesture: Gesture | undefined;
  readonly isRecording: boolean;
  readonly isSpeaking: boolean;
  readonly settings: Settings;
  readonly intents: Intents;
}

const Advice = later(async () => (await import("./Advice.tsx")).Advice);
const Statistics = later(async () => (await import("./Statistics.tsx")).Statistics);

/** A picture without anything in it. */
const noPicture = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

const moods = {
  unconnected: "none",
  connecting: "waiting",
  connected: "good",
  reconnecting: "waiting",
  failed: "bad",
} as const satisfies Record<PeerStatus, string>;

/** The tile of another member. */
export function PeerTile(props: PeerTileProps): JSX.Element {
  const { position, peer, number, stats, volumes, isSpeaking, settings } = props;
  const name = nameOf(peer.username);
  const owner = spokenName(name, number);
  const isHidingInVain = settings.get("hide_address") === true && props.hasRelay.value === false;
  const isStuck = peer.status === "failed" || (isHidingInVain && peer.status !== "unconnected");
  const [volume, setVolume] = useState(() => volumes.get(name) ?? 1);
  props.volumesInUse.set(peer.key, volume);
  const changeVolume = (changed: number): void => {
    volumes.set(name, changed);
    setVolume(changed);
  };
  return (
    <Tile
      position={position}
      name={name}
      number={number}
      identity={peer.identity && <Who mark={peer.identity.mark} onPress={() => props.intents.showPerson(peer.key)} />}
      gesture={
        <>
          {props.gesture && <GestureMark {...props.gesture} />}
          {props.isRecording && <RecordingMark />}
        </>
      }
      state={statusWords(peer.status, peer.way, peer.resources.length > 0)}
      mood={moods[peer.status]}
      advice={isStuck ? <Advice isHidingInVain={isHidingInVain} /> : <BadWay of={peer.key} stats={stats} />}
      isSpeaking={isSpeaking}
      pictures={[...played(props, "video", owner, volume), ...stills(props, owner)]}
      sounds={played(props, "audio", owner, volume).map(({ content }) => content)}
      resources={
        <>
          {isHeard(props) && <Volume owner={owner} volume={volume} onChange={changeVolume} />}
          <PeerResources {...props} owner={owner} />
        </>
      }
      details={settings.get("webrtc_debug") === true && <Details of={peer.key} stats={stats} />}
    />
  );
}

interface WayProps {
  readonly of: PeerKey;
  readonly stats: Signal<ReadonlyMap<PeerKey, PeerStats>>;
}

/** Says that the way to a peer is bad; drawn by itself, since it is looked at once a second. */
function BadWay({ of, stats }: WayProps): JSX.Element | null {
  const fault = stats.value.get(of)?.fault;
  return fault ? <p class="advice">{strings.badWay[fault]}</p> : null;
}

function Details({ of, stats }: WayProps): JSX.Element | null {
  const found = stats.value.get(of);
  return found ? <Statistics stats={found} /> : null;
}

interface WhoProps {
  readonly mark: Mark;
  readonly onPress: () => void;
}

/** Who somebody is, in a word; a press shows more. */
function Who({ mark, onPress }: WhoProps): JSX.Element {
  return (
    <button type="button" class="who-is" onClick={onPress}>
      <IdentityMark mark={mark} />
    </button>
  );
}

const tracksOf = ({ peer }: PeerTileProps): readonly Readonly<RemoteResource>[] =>
  peer.resources.filter(({ info }) => info.kind === "track");

const isHeard = (props: PeerTileProps): boolean =>
  tracksOf(props).some(({ info, wanted }) => wanted && props.streamOf(info.id)?.getAudioTracks()[0]);

/** The streams of a kind that are asked for and here. */
function played(props: PeerTileProps, kind: "audio" | "video", owner: string, volume: number): Picture[] {
  const { peer, streamOf, pausedOf, settings, devices, intents } = props;
  const wanted = tracksOf(props).filter((track) => track.wanted && track.info.track_kind === kind);
  return wanted.flatMap(({ info }) => {
    const [stream, paused] = [streamOf(info.id), pausedOf(info.id)];
    const label = strings.streamOf(labelInWords(info), owner);
    const key = streamKey(peer.key, info.id);
    if (paused?.why === "overload" || (paused && !stream))
      return [{ key, label, isStill: true, content: <Paused {...props} {...paused} id={info.id} label={label} /> }];
    if (!stream) return [];
    const content = (
      <Player
        key={info.id}
        stream={stream}
        kind={kind}
        label={label}
        speaker={settings.get("speaker_device")}
        devices={devices}
        volume={volume}
        poster={paused?.still}
        onBlocked={intents.soundBlocked}
      />
    );
    return { key, label, content };
  });
}

interface PausedProps extends PeerTileProps, PausedPicture {
  readonly id: string;
  readonly label: string;
}

/** The still of a picture that is not asked for just now. A press shows one that the device could not show. */
function Paused({ peer, id, label, still, why, stillOf, intents }: PausedProps): JSX.Element {
  const image = <img class="paused" src={stillOf(id) ?? still ?? noPicture} alt={label} />;
  if (why !== "overload") return image;
  return (
    <button
      type="button"
      class="overloaded"
      aria-label={strings.showPaused(label)}
      onClick={() => intents.want(peer.key, id, true)}
    >
      {image}
      <span>{strings.paused}</span>
    </button>
  );
}

/** The previews of videos that wait to be enabled. */
function stills(props: PeerTileProps, owner: string): Picture[] {
  return tracksOf(props).flatMap(({ info }) => {
    const still = props.stillOf(info.id);
    if (still === undefined || props.pausedOf(info.id)) return [];
    const label = strings.preview(strings.streamOf(labelInWords(info), owner));
    const content = <img class="still" src={still} alt={label} />;
    return { key: streamKey(props.peer.key, info.id), label, isStill: true, content };
  });
}

/** The items of a list: streams, then files. */
function PeerResources(props: PeerTileProps & { readonly owner: string }): JSX.Element {
  const { peer, owner, transfers, intents } = props;
  const files = peer.resources.filter(({ info }) => info.kind === "file");
  return (
    <>
      {tracksOf(props).map((resource) => (
        <PeerResource key={resource.info.id} peer={peer} owner={owner} resource={resource} intents={intents} />
      ))}
      {files.map((resource) => (
        <PeerFile
          key={resource.info.id}
          peer={peer}
          resource={resource}
          transfer={transfers.find(({ id, direction }) => id === resource.info.id && direction === "in")}
          intents={intents}
        />
      ))}
    </>
  );
}

interface VolumeProps {
  readonly owner: string;
  readonly volume: number;
  readonly onChange: (volume: number) => void;
}

/** The loudness of somebody here; nobody else notices. It is all or nothing where players have no volumes. */
function Volume({ owner, volume, onChange }: VolumeProps): JSX.Element {
  const step = useMemo(() => (hasVolumes() ? 0.05 : 1), []);
  return (
    <li class="quiet">
      <input
        type="range"
        min={0}
        max={1}
        step={step}
        value={volume}
        aria-label={strings.volumeOf(owner)}
        onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber)}
      />
    </li>
  );
}

interface PeerResourceProps {
  readonly peer: PersonView;
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
  readonly peer: PersonView;
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
