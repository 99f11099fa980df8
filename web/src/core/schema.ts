// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Typed checks of decoded JSON. A `Decode` takes any value and returns it with a type, without the fields it does not
 * know, or throws `Malformed`. Owns no message of the protocol.
 */

export class Malformed extends Error {
  override name = "Malformed";
}

export type Decode<T> = (value: unknown) => T;
export type Decoded<D> = D extends Decode<infer T> ? T : never;

/** A field that may be absent; JSON's null counts as absent. */
interface OptionalField<T> {
  readonly optional: Decode<T>;
}
type Fields = Record<string, Decode<unknown> | OptionalField<unknown>>;
type Simplify<T> = { [K in keyof T]: T[K] };
type Shaped<F extends Fields> = Simplify<
  { [K in keyof F as F[K] extends Decode<unknown> ? K : never]: F[K] extends Decode<infer T> ? T : never } & {
    [K in keyof F as F[K] extends Decode<unknown> ? never : K]?: F[K] extends OptionalField<infer T> ? T : never;
  }
>;

/** A union of objects with exactly one key each, as the protocol writes its packets and messages. */
export type OneOf<C extends Record<string, Decode<unknown>>> = {
  [K in keyof C]: { [P in K]: Decoded<C[K]> };
}[keyof C];

function fail(expected: string): never {
  throw new Malformed(`expected ${expected}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const optional = <T>(decode: Decode<T>): OptionalField<T> => ({ optional: decode });

export const nothing: Decode<null> = (value) => (value === null ? value : fail("null"));

/** The characters of a text, counted as Python does: by code points. One may be two units in JavaScript. */
export const isWithin = (value: string, longest: number): boolean =>
  value.length <= longest || (value.length <= 2 * longest && Array.from(value).length <= longest);

/** Text of at most `longest` characters, and of a form. */
export const text =
  (longest = Infinity, form = /^/): Decode<string> =>
  (value) =>
    typeof value === "string" && isWithin(value, longest) && form.test(value) ? value : fail("text");

/** Text of which no more than `longest` characters are kept: for what is only shown. */
export const cutText =
  (longest: number): Decode<string> =>
  (value) => {
    const whole = text()(value);
    return whole.length <= longest
      ? whole
      : Array.from(whole.slice(0, 2 * longest))
          .slice(0, longest)
          .join("");
  };

/** An unsigned integer that JavaScript holds exactly. */
export const whole: Decode<number> = (value) => upTo(Number.MAX_SAFE_INTEGER)(value);

/** An unsigned integer of at most this. */
export const upTo =
  (most: number): Decode<number> =>
  (value) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= most
      ? value + 0
      : fail("a number");

export const oneWord =
  <const W extends string>(...words: readonly W[]): Decode<W> =>
  (value) =>
    words.find((word) => word === value) ?? fail(words.join(" or "));

export const list =
  <T>(decode: Decode<T>, most = Infinity, least = 0): Decode<T[]> =>
  (value) =>
    Array.isArray(value) && value.length >= least && value.length <= most ? value.map(decode) : fail("a list");

/** A value that `decode` takes and of which `holds` is true. */
export const suchThat =
  <T>(decode: Decode<T>, holds: (value: T) => boolean, expected: string): Decode<T> =>
  (value) => {
    const found = decode(value);
    return holds(found) ? found : fail(expected);
  };

export const shape =
  <const F extends Fields>(fields: F): Decode<Shaped<F>> =>
  (value) => {
    if (!isObject(value)) fail("an object");
    const found: Record<string, unknown> = {};
    for (const [key, field] of Object.entries(fields)) {
      const given = value[key];
      if (typeof field === "function") found[key] = field(given);
      else if (given !== undefined && given !== null) found[key] = field.optional(given);
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each field was decoded just now
    return found as Shaped<F>;
  };

/** Decodes an object with exactly one key out of `cases`; `undefined` when that key is none of them. */
export const oneOf =
  <const C extends Record<string, Decode<unknown>>>(cases: C): Decode<OneOf<C> | undefined> =>
  (value) => {
    if (!isObject(value)) fail("an object");
    const [key, ...others] = Object.keys(value);
    if (key === undefined || others.length > 0) fail("exactly one key");
    const decode = Object.hasOwn(cases, key) ? cases[key] : undefined;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the key is one of C's
    return decode && ({ [key]: decode(value[key]) } as OneOf<C>);
  };

/** Backslashes, and characters that JSON writes as two halves. */
const pairs = /\\\\|\\u[dD][89abAB]..\\u[dD][c-fC-F]/g;
const halves = /\\u[dD][89a-fA-F]/;

/** `decode` after JSON.parse, whose errors become `Malformed` too. */
export function parse<T>(decode: Decode<T>, json: string): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    fail("JSON");
  }
  // Half a character, in whatever part of it, is no text in other languages.
  if (/\\u[dD]/.test(json) && halves.test(json.replace(pairs, "_"))) fail("whole characters");
  return decode(value);
}
