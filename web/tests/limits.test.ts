// SPDX-License-Identifier: AGPL-3.0-only
/** Replays spec/vectors/limits.json: each limit of the wire, at the bound and one beyond it. */

import { describe, expect, test } from "vitest";
import { decodeFileText } from "../src/core/file-control.ts";
import { decodeClientbound } from "../src/core/packets.ts";
import { decodeRelayMessage } from "../src/core/sealed-message.ts";
import { Malformed, parse } from "../src/core/schema.ts";
import { readVectors } from "./vectors.ts";

type Pieces = readonly (string | [piece: string, times: number])[];
interface Case {
  readonly name: string;
  readonly of: keyof typeof decoders;
  readonly taken: Pieces;
  readonly refused?: Pieces;
  readonly cut?: Pieces;
}

const decoders = {
  clientbound: decodeClientbound,
  relay_messages: (text: string): unknown => parse(decodeRelayMessage, text),
  file_controls: (text: string): unknown => {
    const control = decodeFileText(text);
    if (control === undefined) throw new Malformed("ignored");
    return control;
  },
};

const written = (pieces: Pieces): string =>
  pieces.map((piece) => (typeof piece === "string" ? piece : piece[0].repeat(piece[1]))).join("");

describe("limits of the wire", () => {
  test.each(readVectors<{ limits: Case[] }>("limits").limits)("$name", ({ of, taken, refused, cut }) => {
    const decode = decoders[of];
    expect(decode(written(taken))).toEqual(JSON.parse(written(taken)));
    if (cut) expect(decode(written(cut))).toEqual(decode(written(taken)));
    if (refused) expect(() => decode(written(refused))).toThrow(Malformed);
  });
});
