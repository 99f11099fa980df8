// SPDX-License-Identifier: AGPL-3.0-only
/** What a recording shows: the people of a room in the page's layout, with their names. Draws nothing. */

import { type Place, placesOf, type Shapes, type Size } from "./layout.ts";

export interface RecordedPerson {
  readonly name: string;
  readonly isSpeaking: boolean;
  /** The keys of the pictures that are shown of the person. */
  readonly pictures: readonly string[];
}

/** What is drawn, in this order. */
export type Drawing =
  | { readonly kind: "picture"; readonly key: string; readonly place: Place }
  | { readonly kind: "letter"; readonly letter: string; readonly place: Place }
  | { readonly kind: "name"; readonly name: string; readonly isSpeaking: boolean; readonly place: Place };

const gap = 8;

/** @param pinned the picture that is large @param shapes width by height of pictures, where it is known */
export function sceneOf(
  size: Size,
  people: readonly RecordedPerson[],
  pinned: string | undefined,
  shapes: ReadonlyMap<string, number>,
): Drawing[] {
  const large = people.findIndex(({ pictures }) => pictures.some((key) => key === pinned));
  const known: Shapes = people.map(({ pictures: [key = "", ...more] }) =>
    more.length > 0 ? undefined : shapes.get(key),
  );
  const places = placesOf(size, people.length, gap, large, known);
  return people.flatMap((person, number) => {
    const place = places[number];
    return place ? tileOf(person, place, pinned) : [];
  });
}

function tileOf({ name, isSpeaking, pictures }: RecordedPerson, place: Place, pinned: string | undefined): Drawing[] {
  const at = pictures.findIndex((key) => key === pinned);
  const within = placesOf(place, pictures.length, gap / 4, at);
  const drawn: Drawing[] = pictures.map((key, number) => {
    const { left = 0, top = 0, width = 0, height = 0 } = within[number] ?? {};
    return { kind: "picture", key, place: { left: place.left + left, top: place.top + top, width, height } };
  });
  const letter = Array.from(name)[0]?.toUpperCase() ?? "";
  if (drawn.length === 0) drawn.push({ kind: "letter", letter, place });
  return [...drawn, { kind: "name", name, isSpeaking, place }];
}

/** The largest place within another one for a picture of this size: nothing is cut off. */
export function fitted({ left, top, width, height }: Place, picture: Size): Place {
  const scale = Math.min(width / picture.width, height / picture.height);
  const [wide, high] = [picture.width * scale, picture.height * scale];
  return { left: left + (width - wide) / 2, top: top + (height - high) / 2, width: wide, height: high };
}

interface Format {
  readonly type: string;
  readonly ending: "webm" | "mp4";
}

const webm: readonly Format[] = ["video/webm;codecs=vp8,opus", "video/webm;codecs=vp9,opus", "video/webm"].map(
  (type) => ({ type, ending: "webm" }),
);
const mp4: readonly Format[] = ["video/mp4;codecs=avc1.42E01E,mp4a.40.2", "video/mp4"].map((type) => ({
  type,
  ending: "mp4",
}));

/** The format to record in. @param prefersMp4 whether the system plays that and nothing else */
export const formatFor = (canRecord: (type: string) => boolean, prefersMp4: boolean): Format | undefined =>
  (prefersMp4 ? [...mp4, ...webm] : [...webm, ...mp4]).find(({ type }) => canRecord(type));

const two = (value: number): string => String(value).padStart(2, "0");

/** The name of a file by when it began; the name of the room may be its secret. */
export function fileNameOf(began: Date, ending: string): string {
  const day = [began.getFullYear(), two(began.getMonth() + 1), two(began.getDate())].join("-");
  return `keks-meet ${day} ${two(began.getHours())}-${two(began.getMinutes())}-${two(began.getSeconds())}.${ending}`;
}
