// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Size } from "../core/layout.ts";
import { streamKey } from "../core/stream-key.ts";
import { persistently } from "../io/late.ts";
import { nameInWords } from "../locale/labels.ts";
import { strings } from "../locale/strings.ts";
import type { Settings } from "../settings/store.ts";
import type { RoomState } from "../state/room-state.ts";
import type { Intents } from "../state/intents.ts";
import { OwnTile } from "./OwnTile.tsx";
import { ofCall } from "./later.tsx";
import type { TilePosition } from "./Tile.tsx";

interface PeopleProps {
  readonly state: RoomState;
  readonly intents: Intents;
  readonly settings: Settings;
}

/** The tile of a peer; a person who is alone needs none. */
const PeerTile = ofCall(async () => (await import("./PeerTile.tsx")).PeerTile);

/** What moves the own picture where it is small. */
const Mover = ofCall(async () => (await import("./Mover.tsx")).Mover);

const GestureMark = ofCall(async () => (await import("./GestureMark.tsx")).GestureMark);

const RecordingMark = ofCall(async () => (await import("./RecordingMark.tsx")).RecordingMark);

/** The gap between two tiles, in CSS pixels. */
const tileGap = 10;

/** All members, as large as they fit. */
export function People({ state, intents, settings }: PeopleProps): JSX.Element {
  const [element, size] = useSize();
  const { peers } = state.view.value;
  const streams = state.streams.value;
  const speakers = state.speakers.value;
  const transfers = state.transfers.value;
  const layout = useLayout(peers.length > 0);
  const positions = positionsOf(state, size, layout);
  return (
    <section ref={element} class="people" aria-label={strings.inRoom}>
      <Oneself position={positions(0)} isMovable={layout !== undefined} {...{ state, intents, settings }} />
      {peers.map((peer, number) => (
        <PeerTile
          key={peer.key}
          position={positions(number + 1)}
          peer={peer}
          number={state.numbers.of(peer.key)}
          stillOf={(id) => state.stills.shown.value.get(streamKey(peer.key, id))}
          pausedOf={(id) => state.paused.value.get(streamKey(peer.key, id))}
          streamOf={(id) => streams.get(streamKey(peer.key, id))}
          transfers={transfers.filter((transfer) => transfer.peer === peer.key)}
          stats={state.stats}
          hasRelay={state.hasRelay}
          devices={state.devices.value}
          volumes={state.volumes}
          volumesInUse={state.volumesInUse}
          gesture={state.gestures.value.get(peer.key)}
          isRecording={state.recorders.value.has(peer.key)}
          isSpeaking={speakers.has(peer.key)}
          settings={settings}
          intents={intents}
        />
      ))}
    </section>
  );
}

interface OneselfProps extends PeopleProps {
  readonly position: TilePosition;
  readonly isMovable: boolean;
}

function Oneself({ position, isMovable, state, intents, settings }: OneselfProps): JSX.Element {
  const { username, link, peers } = state.view.value;
  const gesture = state.gestures.value.get("own");
  return (
    <OwnTile
      position={position}
      username={username}
      link={link}
      streams={state.own.value}
      files={state.files.value}
      transfers={state.transfers.value}
      wordsFor={(peer) => nameInWords(peers.find(({ key }) => key === peer)?.username ?? "", state.numbers.of(peer))}
      isSpeaking={state.speakers.value.has("own")}
      mover={isMovable && isSmall(state) && <Mover corner={state.corner} />}
      gesture={
        <>
          {gesture && <GestureMark {...gesture} />}
          {state.recorders.value.has("own") && <RecordingMark />}
        </>
      }
      canFlip={settings.get("camera_device") === undefined}
      intents={intents}
    />
  );
}

type Layout = typeof import("../core/layout.ts");

/** Whether the own picture is small, in front of that of the only other one. */
const isSmall = ({ pictures, pinned }: RoomState): boolean =>
  pictures.value.length === 2 && pictures.value[0]?.length === 1 && pinned.value === undefined;

/** The positions by the number of the tile: oneself, then the peers. */
function positionsOf(state: RoomState, size: Size, layout: Layout | undefined): (number: number) => TilePosition {
  const pinned = state.pinned.value;
  const pictures = state.pictures.value;
  const pinnedTile = pictures.findIndex((keys) => keys.some((key) => key === pinned));
  const shapes = pictures.map(([key = "", ...more]) => (more.length > 0 ? undefined : state.shapes.value.get(key)));
  // Who is alone has all of the room.
  const places = !layout
    ? [{ left: 0, top: 0, ...size }]
    : isSmall(state)
      ? layout.placesOfTwo(size, tileGap, state.corner.value, shapes[0])
      : layout.placesOf(size, pictures.length, tileGap, pinnedTile, shapes);
  return (number) => ({
    place: places[number] ?? { left: 0, top: 0, width: 0, height: 0 },
    pinned,
    onPin: (picture) => state.togglePin(picture),
    onShape: (picture, shape) => state.setShape(picture, shape),
  });
}

/** The arrangement of several tiles, which is loaded with the first company. */
function useLayout(isNeeded: boolean): Layout | undefined {
  const [layout, setLayout] = useState<Layout>();
  useEffect(() => {
    if (isNeeded) void persistently(() => import("../core/layout.ts")).then(setLayout);
  }, [isNeeded]);
  return layout;
}

/** An element's room for its content, without what a scroll bar takes. */
function useSize(): [RefObject<HTMLElement | null>, Size] {
  const element = useRef<HTMLElement>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const measured = element.current;
    if (!measured) return undefined;
    const measure = (): void => setSize({ width: measured.clientWidth, height: measured.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(measured);
    return () => observer.disconnect();
  }, []);
  return [element, size];
}
