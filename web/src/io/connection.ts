// SPDX-License-Identifier: AGPL-3.0-only
/** WebSockets to the server (S1). The first one may be begun before anybody asks for it. */

/** A connection to the server, and what has become of it so far. */
interface Connection {
  readonly socket: WebSocket;
  /** What it has brought. */
  readonly frames: readonly unknown[];
  /** The server's own words, if it has closed the connection already. */
  reason: string;
}

let first: Connection | undefined;

/** Begins the connection that is asked for first. */
export function beginAhead(): void {
  first = begin();
}

/** @returns a connection of which nobody has heard yet; it may be open already, or closed again */
export function connect(): Connection {
  const begun = first ?? begin();
  first = undefined;
  return begun;
}

function begin(): Connection {
  const socket = new WebSocket(new URL("signaling", location.href).href.replace(/^http/, "ws"));
  const frames: unknown[] = [];
  const begun = { socket, frames, reason: "" };
  // Before it is asked anything, the server says one thing.
  socket.addEventListener("message", ({ data }) => frames.push(data), { once: true });
  socket.addEventListener("close", ({ reason }) => (begun.reason = reason));
  return begun;
}
