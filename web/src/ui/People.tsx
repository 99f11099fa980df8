// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX, RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { placesOf, type Size } from "../core/layout.ts";
import { streamKey } from "../core/stream-key.ts";
import { persistently } from "../io/late.ts";
import { nameInWords } from "../locale/labels.ts";
import { strings } from "../locale/strings.ts";
import type { Settings } from "../settings/store.ts";
import type { RoomState } from "../state/room-state.ts";
import type { Intents } from "../state/intents.ts";
import { OwnTile } from "./OwnTile.tsx";
import { later } from "./later.tsx";
import type { TilePosition } from "./Tile.tsx";

interface PeopleProps {
  readonly state: RoomState;
  readonly intents: Intents;
  readonly settings: Settings;
}

/** The tile of a peer; a person who is alone needs none. */
const PeerTile = later(async () => (await persistently(() => import("./PeerTile.tsx"))).PeerTile);

/** The gap between two tiles, in CSS pixels. */
const tileGap = 10;

/** All members, as large as they fit. */
export function People({ state, intents, settings }: PeopleProps): JSX.Element {
  const [element, size] = useSize();
  const { username, link, peers } = state.view.value;
  const streams = state.streams.value;
  const speakers = state.speakers.value;
  const transfers = state.transfers.value;
  const positions = positionsOf(state, size, intents.togglePin);
  return (
    <section ref={element} class="people" aria-label={strings.inRoom}>
      <OwnTile
        position={positions(0)}
        username={username}
        link={link}
        streams={state.own.value}
        files={state.files.value}
        transfers={transfers}
        wordsFor={(peer) => nameInWords(peers.find(({ key }) => key === peer)?.username ?? "", state.numbers.of(peer))}
        isSpeaking={speakers.has("own")}
        canFlip={settings.get("camera_device") === undefined}
        intents={intents}
      />
      {peers.map((peer, number) => (
        <PeerTile
          key={peer.key}
          position={positions(number + 1)}
          peer={peer}
          number={state.numbers.of(peer.key)}
          stillOf={(id) => state.stills.shown.value.get(streamKey(peer.key, id))}
          streamOf={(id) => streams.get(streamKey(peer.key, id))}
          transfers={transfers.filter((transfer) => transfer.peer === peer.key)}
          stats={state.stats}
          volumes={state.volumes}
          isSpeaking={speakers.has(peer.key)}
          settings={settings}
          intents={intents}
        />
      ))}
    </section>
  );
}

/** The positions by the number of the tile: oneself, then the peers. */
function positionsOf(state: RoomState, size: Size, onPin: Intents["togglePin"]): (number: number) => TilePosition {
  const pinned = state.pinned.value;
  const pictures = state.pictures.value;
  const pinnedTile = pictures.findIndex((keys) => keys.some((key) => key === pinned));
  const places = placesOf(size, pictures.length, tileGap, pinnedTile);
  return (number) => ({ place: places[number] ?? { left: 0, top: 0, width: 0, height: 0 }, pinned, onPin });
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
