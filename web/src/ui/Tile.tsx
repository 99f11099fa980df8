// SPDX-License-Identifier: AGPL-3.0-only
import type { ComponentChildren, JSX } from "preact";
import { strings } from "../locale/strings.ts";

interface TileProps {
  readonly name: string;
  readonly isOwn?: boolean;
  readonly state: string;
  /** A word for the look of the state: good, waiting, bad or none. */
  readonly mood: "good" | "waiting" | "bad" | "none";
  readonly advice?: string | undefined;
  readonly isSpeaking: boolean;
  /** What is seen and heard of this member. */
  readonly pictures: readonly JSX.Element[];
  readonly sounds?: readonly JSX.Element[];
  /** One list item for each resource. */
  readonly resources: ComponentChildren;
  readonly details?: ComponentChildren;
}

/** One member of the room, whoever it is. */
export function Tile(props: TileProps): JSX.Element {
  const { name, isOwn = false, state, mood, advice, isSpeaking, pictures, sounds, resources, details } = props;
  return (
    <article class={`tile ${isOwn ? "own" : ""} ${isSpeaking ? "speaking" : ""}`} aria-label={name}>
      <div class={pictures.length > 0 ? "pictures" : "pictures empty"}>
        {pictures.length > 0 ? pictures : <Initial name={name} />}
      </div>
      {sounds}
      <header>
        <h2 dir="auto">{name}</h2>
        <span class={`state ${mood}`}>{state}</span>
        {isSpeaking && <span class="speaking-word">{strings.speaking}</span>}
      </header>
      {advice && <p class="advice">{advice}</p>}
      <ul class="resources">{resources}</ul>
      {details}
    </article>
  );
}

function Initial({ name }: { readonly name: string }): JSX.Element {
  return (
    <span class="initial" aria-hidden="true">
      {Array.from(name)[0]?.toUpperCase()}
    </span>
  );
}
