// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import type { LinkStatus, PeerKey } from "../core/events.ts";
import { streamKey } from "../core/stream-key.ts";
import type { OwnFile } from "../files/own-files.ts";
import type { Transfer } from "../files/transfers.ts";
import { persistently } from "../io/late.ts";
import { nameOf, streamLabel } from "../locale/labels.ts";
import { strings } from "../locale/strings.ts";
import type { OwnStream } from "../media/own-streams.ts";
import type { Intents } from "../state/intents.ts";
import { later } from "./later.tsx";
import { Tile, type TilePosition } from "./Tile.tsx";

interface OwnTileProps {
  readonly position: TilePosition;
  readonly username: string;
  readonly link: LinkStatus;
  readonly streams: readonly OwnStream[];
  readonly files: readonly OwnFile[];
  readonly transfers: readonly Transfer[];
  /** The words for a peer within a sentence. */
  readonly wordsFor: (peer: PeerKey) => string;
  readonly isSpeaking: boolean;
  /** Whether a phone's other camera can be asked for: no camera was chosen by name. */
  readonly canFlip: boolean;
  readonly intents: Intents;
}

const linkWords = { joining: "joining", joined: "online", reconnecting: "reconnecting" } as const;

const load = (): Promise<typeof import("./OwnResources.tsx")> => persistently(() => import("./OwnResources.tsx"));
const OwnPicture = later(async () => (await load()).OwnPicture);
const OwnResources = later(async () => (await load()).OwnResources);

/** The tile of oneself. */
export function OwnTile({ position, username, link, isSpeaking, ...shared }: OwnTileProps): JSX.Element {
  const { streams, files, intents } = shared;
  const videos = streams.filter(({ info }) => info.track_kind === "video");
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
        content: <OwnPicture own={own} intents={intents} />,
      }))}
      resources={streams.length + files.length > 0 && <OwnResources {...shared} />}
    />
  );
}
