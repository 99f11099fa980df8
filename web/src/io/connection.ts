// SPDX-License-Identifier: AGPL-3.0-only
/** WebSockets to the server (S1). */

/** A connection to the server, and what has become of it while nobody listened. */
export interface Connection {
  readonly socket: WebSocket;
  /** What it has brought. */
  readonly frames: readonly unknown[];
  /** The server's own words, if it has closed the connection already. */
  reason: string;
}

export function beginConnection(): Connection {
  const socket = new WebSocket(new URL("signaling", location.href).href.replace(/^http/, "ws"));
  const frames: unknown[] = [];
  const connection = { socket, frames, reason: "" };
  // Before it is asked anything, the server says one thing.
  socket.addEventListener("message", ({ data }) => frames.push(data), { once: true });
  socket.addEventListener("close", ({ reason }) => (connection.reason = reason));
  return connection;
}
