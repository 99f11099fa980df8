// SPDX-License-Identifier: AGPL-3.0-only
/** Replays spec/vectors/negotiation.json and the traces of sessions that are not of programs alone. */

import { describe, expect, test } from "vitest";
import { makeCompany } from "../src/core/company.ts";
import type { SessionEvent } from "../src/core/events.ts";
import { EndedOrigins } from "../src/core/descriptions.ts";
import { Negotiation, type NegotiationEvent } from "../src/core/negotiation.ts";
import { Session } from "../src/core/session.ts";
import { readVectors } from "./vectors.ts";

interface Trace<Event> {
  readonly name: string;
  readonly rules: readonly string[];
  readonly steps: readonly { readonly event: Event; readonly effects: readonly unknown[] }[];
}

const negotiations = readVectors<{
  traces: (Trace<NegotiationEvent> & { polite: boolean; replaceable: boolean; ended?: string[] })[];
}>("negotiation");
type SessionTraces = { traces: (Trace<SessionEvent> & { view: unknown })[] };
const sessions = readVectors<SessionTraces>("session");
const files = readVectors<SessionTraces>("session-files");
const browsers = readVectors<SessionTraces>("session-browser");

describe("negotiation", () => {
  test.each(negotiations.traces)("$name $rules", ({ polite, replaceable, ended, steps }) => {
    const negotiation = new Negotiation(polite, replaceable, new EndedOrigins(ended));
    for (const { event, effects } of steps) expect(negotiation.handle(event)).toEqual(effects);
  });
});

function replay({ steps, view }: SessionTraces["traces"][number], features: readonly string[]): void {
  const session = new Session(
    {
      username: "alice",
      instance: "aaa",
      features,
      wants: ["audio"],
    },
    makeCompany,
  );
  for (const { event, effects } of steps) expect(session.handle(event)).toEqual(effects);
  const { peers, ...room } = session.view();
  const found = { ...room, peers: peers.map((peer) => ({ ...peer, features: [...peer.features].toSorted() })) };
  expect(JSON.parse(JSON.stringify(found))).toEqual(view);
}

describe("session", () => {
  test.each(sessions.traces)("$name $rules", (trace) => replay(trace, ["instance", "file-credit"]));
});

describe("session of downloads that go on", () => {
  test.each(files.traces)("$name $rules", (trace) =>
    replay(trace, ["instance", "file-credit", "file-sha256", "file-resume-2"]),
  );
});

describe("session of browsers", () => {
  test.each(browsers.traces)("$name $rules", (trace) => replay(trace, ["instance", "file-credit", "preview"]));
});
