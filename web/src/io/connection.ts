// SPDX-License-Identifier: AGPL-3.0-only
/** WebSockets to the server (S1). The first one is begun with the page, if that enters a room. */

import { isEntering } from "../crypto/page-keys.ts";

/** A connection to the server, and what it has brought so far. */
interface Connection {
  readonly socket: WebSocket;
  readonly frames: readonly unknown[];
}

let first = isEntering ? begin() : undefined;

/** @returns a connection of which nobody has heard yet; it may be open already */
export function connect(): Connection {
  const begun = first;
  first = undefined;
  return begun && begun.socket.readyState <= WebSocket.OPEN ? begun : begin();
}

function begin(): Connection {
  const socket = new WebSocket(new URL("signaling", location.href).href.replace(/^http/, "ws"));
  const frames: unknown[] = [];
  // Before it is asked anything, the server says one thing.
  socket.addEventListener("message", ({ data }) => frames.push(data), { once: true });
  return { socket, frames };
}
