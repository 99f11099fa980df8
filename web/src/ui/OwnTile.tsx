// SPDX-License-Identifier: AGPL-3.0-only
import type { ComponentChildren, JSX } from "preact";
import type { LinkStatus } from "../core/events.ts";
import { streamKey } from "../core/stream-key.ts";
import { nameOf, streamLabel } from "../locale/labels.ts";
import { strings } from "../locale/strings.ts";
import { ofCall } from "./later.tsx";
import type { OwnResourcesProps } from "./OwnResources.tsx";
import { OwnName } from "./OwnName.tsx";
import { Tile, type TilePosition } from "./Tile.tsx";

interface OwnTileProps extends OwnResourcesProps {
  readonly position: TilePosition;
  readonly username: string;
  readonly link: LinkStatus;
  readonly isSpeaking: boolean;
  readonly mover: ComponentChildren;
  readonly gesture: ComponentChildren;
}

const linkWords = { joining: "joining", joined: "online", reconnecting: "reconnecting" } as const;

const OwnPicture = ofCall(async () => (await import("./OwnResources.tsx")).OwnPicture);
const OwnResources = ofCall(async () => (await import("./OwnResources.tsx")).OwnResources);

/** The tile of oneself. */
export function OwnTile({
  position,
  username,
  link,
  isSpeaking,
  mover,
  gesture,
  ...shared
}: OwnTileProps): JSX.Element {
  const { streams, files, intents } = shared;
  const videos = streams.filter(({ info }) => info.track_kind === "video");
  return (
    <Tile
      position={position}
      name={nameOf(username)}
      isOwn
      nameField={<OwnName name={nameOf(username)} onRename={intents.rename} />}
      state={strings[linkWords[link]]}
      mood={link === "joined" ? "good" : "waiting"}
      isSpeaking={isSpeaking}
      mover={mover}
      gesture={gesture}
      pictures={videos.map((own) => ({
        key: streamKey("own", own.info.id),
        label: streamLabel(own.info),
        content: <OwnPicture own={own} intents={intents} />,
      }))}
      resources={streams.length + files.length > 0 && <OwnResources {...shared} />}
    />
  );
}
