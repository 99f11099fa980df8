// SPDX-License-Identifier: AGPL-3.0-only
/** Replays spec/vectors/ways.json. */

import { expect, test } from "vitest";
import { wayBetween } from "../src/core/way.ts";
import { readVectors } from "./vectors.ts";

interface End {
  readonly type: string;
  readonly address?: string;
  readonly relay_protocol?: string;
}

const { ways } = readVectors<{ ways: readonly { readonly local: End; readonly remote: End; readonly way: string }[] }>(
  "ways",
);

test.each(ways)("$local to $remote: $way", ({ local, remote, way }) => {
  expect(wayBetween({ ...local, relayProtocol: local.relay_protocol }, remote)).toBe(way);
});
