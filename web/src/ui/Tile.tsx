// SPDX-License-Identifier: AGPL-3.0-only
import type { ComponentChildren, JSX } from "preact";
import type { Place } from "../core/layout.ts";
import { spokenName } from "../locale/labels.ts";
import { strings } from "../locale/strings.ts";
import { ofCall } from "./later.tsx";
import { Name } from "./Name.tsx";
import type { Picture } from "./PictureFrame.tsx";
import { placeStyle } from "./place-style.ts";

const Pictures = ofCall(async () => (await import("./Pictures.tsx")).Pictures);

/** The properties that all tiles get from the page. */
export interface TilePosition {
  readonly place: Place;
  /** The key of the picture that is large, whoever's it is. */
  readonly pinned: string | undefined;
  readonly onPin: (picture: string) => void;
  /** Called when it is known how wide a picture is for its height. */
  readonly onShape: (picture: string, shape: number) => void;
}

interface TileProps {
  readonly position: TilePosition;
  /** The name as it is shown, and its number among those that look the same. */
  readonly name: string;
  readonly number?: number;
  readonly isOwn?: boolean;
  /** What stands in the place of the name, of one's own. */
  readonly nameField?: ComponentChildren;
  /** What is known of who the member is. */
  readonly identity?: ComponentChildren;
  /** A raised hand, or a reaction. */
  readonly gesture?: ComponentChildren;
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
  /** What moves a tile that is small, in front of another. */
  readonly mover?: ComponentChildren;
}

/** One member of the room, whoever it is. */
export function Tile(props: TileProps): JSX.Element {
  const { position, name, number = 1, isOwn = false, isSpeaking, pictures, sounds, mover } = props;
  return (
    <article
      class={`tile ${isOwn ? "own" : ""} ${mover ? "small" : ""} ${isSpeaking ? "speaking" : ""} ${pictures.length > 0 ? "pictured" : ""}`}
      aria-label={isOwn ? strings.you(name) : spokenName(name, number)}
      style={placeStyle(position.place)}
    >
      <div class={pictures.length > 0 ? "pictures" : "pictures empty"}>
        {pictures.length > 0 ? <Pictures pictures={pictures} position={position} /> : <Initial name={name} />}
      </div>
      {sounds}
      {mover}
      <About {...props} />
    </article>
  );
}

/** What is known of a member, under the initial or over the pictures. */
function About(props: TileProps): JSX.Element {
  const { name, number = 1, nameField, identity, gesture, state, mood, advice, isSpeaking, resources, details } = props;
  return (
    <div class="about">
      <header>
        <h2 dir="auto">{nameField ?? <Name name={name} number={number} />}</h2>
        {identity}
        {gesture}
        <span class={`state ${mood}`}>{state}</span>
        {isSpeaking && <span class="speaking-word">{strings.speaking}</span>}
      </header>
      {advice}
      <ul class="resources">{resources}</ul>
      {details}
    </div>
  );
}

function Initial({ name }: { readonly name: string }): JSX.Element {
  return (
    <span class="initial" aria-hidden="true">
      {Array.from(name)[0]?.toUpperCase()}
    </span>
  );
}
