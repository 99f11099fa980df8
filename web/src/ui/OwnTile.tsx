// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import type { LinkStatus } from "../core/events.ts";
import { streamKey } from "../core/stream-key.ts";
import { persistently } from "../io/late.ts";
import { nameOf, streamLabel } from "../locale/labels.ts";
import { strings } from "../locale/strings.ts";
import { later } from "./later.tsx";
import type { OwnResourcesProps } from "./OwnResources.tsx";
import { Tile, type TilePosition } from "./Tile.tsx";

interface OwnTileProps extends OwnResourcesProps {
  readonly position: TilePosition;
  readonly username: string;
  readonly link: LinkStatus;
  readonly isSpeaking: boolean;
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
