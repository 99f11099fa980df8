// SPDX-License-Identifier: AGPL-3.0-only
/** The pictures of one member: loaded with the first click, or with the first of them. */

import type { JSX } from "preact";
import { placesOf } from "../core/layout.ts";
import { type Picture, PictureFrame } from "./PictureFrame.tsx";
import type { TilePosition } from "./Tile.tsx";

/** The gap between two pictures of one member, in CSS pixels. */
const pictureGap = 2;

interface PicturesProps {
  readonly pictures: readonly Picture[];
  readonly position: TilePosition;
}

export function Pictures({ pictures, position: { place, pinned, onPin, onShape } }: PicturesProps): JSX.Element {
  const at = pictures.findIndex(({ key }) => key === pinned);
  const places = placesOf(place, pictures.length, pictureGap, at);
  return (
    <>
      {pictures.map((picture, number) => (
        <PictureFrame
          key={picture.key}
          picture={picture}
          place={places[number] ?? place}
          isPinned={number === at}
          onPin={() => onPin(picture.key)}
          onShape={(shape) => onShape(picture.key, shape)}
        />
      ))}
    </>
  );
}
