// SPDX-License-Identifier: AGPL-3.0-only
import type { ComponentChildren, JSX } from "preact";
import { type Place, placesOf } from "../core/layout.ts";
import { spokenName } from "../locale/labels.ts";
import { strings } from "../locale/strings.ts";
import { Name } from "./Name.tsx";
import { type Picture, PictureFrame } from "./PictureFrame.tsx";
import { placeStyle } from "./place-style.ts";

/** The gap between two pictures of one member, in CSS pixels. */
const pictureGap = 2;

/** The properties that all tiles get from the page. */
export interface TilePosition {
  readonly place: Place;
  /** The key of the picture that is large, whoever's it is. */
  readonly pinned: string | undefined;
  readonly onPin: (picture: string) => void;
}

interface TileProps {
  readonly position: TilePosition;
  /** The name as it is shown, and its number among those that look the same. */
  readonly name: string;
  readonly number?: number;
  readonly isOwn?: boolean;
  /** What is known of who the member is. */
  readonly identity?: ComponentChildren;
  readonly state: string;
  /** A word for the look of the state: good, waiting, bad or none. */
  readonly mood: "good" | "waiting" | "bad" | "none";
  readonly advice?: ComponentChildren;
  readonly isSpeaking: boolean;
  /** The pictures and the sound of this member. */
  readonly pictures: readonly Picture[];
  readonly sounds?: readonly JSX.Element[];
  /** One list item for each resource. */
  readonly resources: ComponentChildren;
  readonly details?: ComponentChildren;
}

/** One member of the room, whoever it is. */
export function Tile(props: TileProps): JSX.Element {
  const { position, name, number = 1, isOwn = false, isSpeaking, pictures, sounds } = props;
  return (
    <article
      class={`tile ${isOwn ? "own" : ""} ${isSpeaking ? "speaking" : ""} ${pictures.length > 0 ? "pictured" : ""}`}
      aria-label={isOwn ? strings.you(name) : spokenName(name, number)}
      style={placeStyle(position.place)}
    >
      <div class={pictures.length > 0 ? "pictures" : "pictures empty"}>
        {pictures.length > 0 ? <Pictures pictures={pictures} position={position} /> : <Initial name={name} />}
      </div>
      {sounds}
      <About {...props} />
    </article>
  );
}

/** What is known of a member, under the initial or over the pictures. */
function About(props: TileProps): JSX.Element {
  const { name, number = 1, isOwn = false, identity, state, mood, advice, isSpeaking, resources, details } = props;
  return (
    <div class="about">
      <header>
        <h2 dir="auto">
          <Name name={name} number={number} isOwn={isOwn} />
        </h2>
        {identity}
        <span class={`state ${mood}`}>{state}</span>
        {isSpeaking && <span class="speaking-word">{strings.speaking}</span>}
      </header>
      {advice}
      <ul class="resources">{resources}</ul>
      {details}
    </div>
  );
}

interface PicturesProps {
  readonly pictures: readonly Picture[];
  readonly position: TilePosition;
}

function Pictures({ pictures, position: { place, pinned, onPin } }: PicturesProps): JSX.Element {
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
        />
      ))}
    </>
  );
}

function Initial({ name }: { readonly name: string }): JSX.Element {
  return (
    <span class="initial" aria-hidden="true">
      {Array.from(name)[0]?.toUpperCase()}
    </span>
  );
}
