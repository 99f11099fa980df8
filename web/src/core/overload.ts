// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The pictures to do without, one after the other, while a device cannot show all: who spoke longest ago goes first, and
 * comes back last.
 */

/** A picture of a peer that is in view, and that the person wants. */
export interface Shown {
  readonly key: string;
  readonly isSpeaking: boolean;
  /** When its peer spoke last, in milliseconds; 0 for one who has not. */
  readonly spokeAt: number;
  /** Whether the person has pinned it or asked for it by hand: it is not given up. */
  readonly isChosen: boolean;
}

/** What came of each picture within a look, and what was drawn of it; and by how many milliseconds the look was late. */
export interface Load {
  readonly pictures: readonly { readonly came: number; readonly drawn: number }[];
  readonly late: number;
}

/** The part of what came that has to be drawn. */
const enough = 0.6;
/** The frames of a picture below which nothing can be judged. */
const judged = 3;
/** A page that is late by so many milliseconds draws nothing else in time, either. */
const latest = 1_000;
/** The bad looks in a row after which one picture less is shown. */
const badLooks = 3;
/** The time for which all has to be well before one more is shown, at first and at most, in milliseconds. */
const pause = 10_000;
const longestPause = 300_000;
/** At least between two who are shown because they speak, in place of somebody else. */
const swapPause = 3_000;

/**
 * Whether a device could not draw what came: more than half of the pictures. A single one may be broken, or wait for a
 * frame that it can begin with.
 */
export function isShort({ pictures, late }: Load): boolean {
  const known = pictures.filter(({ came }) => came >= judged);
  const short = known.filter(({ came, drawn }) => drawn < came * enough);
  return late >= latest || short.length * 2 > known.length;
}

export class Overload {
  readonly #given = new Set<string>();
  /** The looks in a row that were bad. */
  #bad = 0;
  /** Since when all is well, or one more picture or less is shown. */
  #since = 0;
  /** The time for which all has to be well before one more is shown. */
  #pause: number = pause;
  #takenBackAt = -Infinity;
  #swappedAt = -Infinity;

  /** Looks once a second. @returns the pictures that are not to be asked for */
  look(pictures: readonly Shown[], isBad: boolean, now: number): ReadonlySet<string> {
    const byUrgency = pictures.toSorted((one, other) => urgency(other) - urgency(one));
    this.#letChosenBack(pictures);
    this.#swap(byUrgency, now);
    this.#bad = isBad ? this.#bad + 1 : 0;
    if (isBad) this.#since = now;
    if (this.#bad >= badLooks) this.#giveUp(byUrgency, now);
    else if (this.#given.size > 0 && now - this.#since >= this.#pause) this.#takeBack(byUrgency, now);
    else if (this.#given.size === 0 && now - this.#since >= this.#pause) this.#pause = pause;
    return new Set(this.#given);
  }

  #letChosenBack(pictures: readonly Shown[]): void {
    const all = new Map(pictures.map((picture) => [picture.key, picture]));
    for (const key of this.#given) if (all.get(key)?.isChosen !== false) this.#given.delete(key);
  }

  /** Shows who begins to speak in the place of somebody else. */
  #swap(byUrgency: readonly Shown[], now: number): void {
    const speaker = byUrgency.find(({ key, isSpeaking }) => isSpeaking && this.#given.has(key));
    if (!speaker || now - this.#swappedAt < swapPause) return;
    this.#swappedAt = now;
    const other = this.#leastUrgent(byUrgency);
    this.#given.delete(speaker.key);
    if (other) this.#given.add(other.key);
  }

  #giveUp(byUrgency: readonly Shown[], now: number): void {
    this.#bad = 0;
    const shown = byUrgency.filter(({ key }) => !this.#given.has(key));
    const least = this.#leastUrgent(byUrgency);
    if (!least || shown.length < 2) return;
    this.#given.add(least.key);
    // What was too much a moment ago is tried more rarely.
    if (now - this.#takenBackAt < pause) this.#pause = Math.min(this.#pause * 2, longestPause);
    this.#takenBackAt = -Infinity;
  }

  #takeBack(byUrgency: readonly Shown[], now: number): void {
    const next = byUrgency.find(({ key }) => this.#given.has(key));
    if (next) this.#given.delete(next.key);
    this.#since = now;
    this.#takenBackAt = now;
  }

  /** The picture that is missed least of those that are shown. */
  #leastUrgent(byUrgency: readonly Shown[]): Shown | undefined {
    return byUrgency.findLast(({ key, isChosen, isSpeaking }) => !isChosen && !isSpeaking && !this.#given.has(key));
  }
}

/** Who speaks comes first, then who spoke last. */
const urgency = ({ isSpeaking, spokeAt }: Shown): number => (isSpeaking ? Infinity : spokeAt);
