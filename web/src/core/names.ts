// SPDX-License-Identifier: AGPL-3.0-only
/** Names that look the same, and the numbers that tell their bearers apart (T4). */

import type { PeerKey } from "./events.ts";

/** A peer's name as it is compared, and its number among those that look the same. */
export interface NumberedName {
  readonly skeleton: string;
  /** The number, 1 for the first bearer of the name; that one is not shown. */
  readonly number: number;
}

/** Letters of Cyrillic, Greek and Armenian, and digits, behind the Latin letters that they look like. */
const alike =
  "aАаΑαɑ bВвΒβЬь cСсϹϲ dԁ eЕеΕҽ gɡց hНнΗҺһհ jЈјϳͿ kКкΚκ lIl1iı|ІіΙιӀӏ mМмΜ nΝηոПп oОоΟοՕօ0 pРрΡρ qԛ sЅѕՏ tТтΤτ uυս vνѴѵ wωԜԝ xХхΧχ yУуΥγҮү zΖ 3Зз";
const latin = new Map(
  alike.split(" ").flatMap(([letter = "", ...others]) => others.map((other): [string, string] => [other, letter])),
);
const diacritics = /[\u0300-\u036f]/g;
const dropped = /[\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{P}]/gu;
/** Modifier letters and symbols: a name may consist of them, but beside letters they tell nobody apart. */
const signs = /[\p{Lm}\p{S}]/gu;
const selectors = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;

/** The skeleton of a name, which is equal for names that a hurried reader takes for the same. */
export function skeletonOf(name: string): string {
  const plain = inLatin(name.normalize("NFKD").replace(diacritics, ""));
  const folded = inLatin(plain.toUpperCase().toLowerCase().normalize("NFKD"))
    .replaceAll("ς", "σ")
    .replace(diacritics, "")
    .replace(selectors, "");
  const kept = folded.replace(dropped, "");
  return kept.replace(signs, "").replaceAll("rn", "m").replaceAll("vv", "w") || kept || folded;
}

const inLatin = (text: string): string => Array.from(text, (character) => latin.get(character) ?? character).join("");

/**
 * Numbers the bearers of names that look the same. The own name comes first. Whoever keeps a name keeps its number, and
 * a number is not given again while an equal name is there.
 *
 * @param peers their names as they are shown, in the order of arrival
 */
export function numberNames(
  before: ReadonlyMap<PeerKey, NumberedName>,
  own: string,
  peers: readonly (readonly [PeerKey, string])[],
): Map<PeerKey, NumberedName> {
  const ownSkeleton = skeletonOf(own);
  const compared = peers.map(([key, name]) => [key, skeletonOf(name)] as const);
  const highest = new Map([[ownSkeleton, 1]]);
  const found = new Map<PeerKey, NumberedName>();
  for (const [key, skeleton] of compared) {
    const known = before.get(key);
    if (known?.skeleton !== skeleton || (known.number === 1 && skeleton === ownSkeleton)) continue;
    found.set(key, known);
    highest.set(skeleton, Math.max(highest.get(skeleton) ?? 0, known.number));
  }
  for (const [key, skeleton] of compared) {
    if (found.has(key)) continue;
    const number = (highest.get(skeleton) ?? 0) + 1;
    highest.set(skeleton, number);
    found.set(key, { skeleton, number });
  }
  return found;
}
