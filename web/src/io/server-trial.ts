// SPDX-License-Identifier: AGPL-3.0-only
/** Tries signaling: connects, and waits for the first word of the server. No room is entered. */

import { decodeClientbound } from "../core/packets.ts";

/** The time that the server may take, in milliseconds. */
const patience = 10_000;

/** @returns the server's version and how long that took in milliseconds; undefined when nothing came */
export async function trySignaling(url: string): Promise<{ version: string; ms: number } | undefined> {
  const began = performance.now();
  const socket = new WebSocket(url);
  try {
    return await new Promise((done) => {
      setTimeout(done, patience);
      socket.addEventListener("close", () => done(undefined));
      socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
        const version = versionIn(data);
        done(version === undefined ? undefined : { version, ms: Math.round(performance.now() - began) });
      });
    });
  } finally {
    socket.close();
  }
}

function versionIn(data: unknown): string | undefined {
  try {
    const packet = decodeClientbound(String(data));
    return packet && "init" in packet ? packet.init.version : undefined;
  } catch {
    return undefined;
  }
}
