// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Lines of chat: own ones until the server has them, and those that were heard already (M4, M6, L6). A line has an id,
 * so that it can be said again when signaling was lost, and is shown once. Peers that know no ids get each line once;
 * when nobody can tell whether a line has arrived there, the person is told so.
 */

import type { LineState } from "./effects.ts";
import { limits } from "./limits.ts";
import type { Outbox } from "./outbox.ts";
import type { Arrival, Line, Peer } from "./peer.ts";
import type { Chat } from "./relay-messages.ts";

const feature = "chat-id";
/** The line id that is confirmed once all members are known that were there when this client came. */
const members = "";

interface Unconfirmed {
  readonly line: Line;
  /** Whether all on this connection were told the line; only newcomers, who get nothing of the past, were not. */
  isSaid?: boolean;
  /** Whether a confirmation was asked for. */
  isAsked?: boolean;
  /** Whether a peer got the line whose client knows no ids. */
  wasPlain?: boolean;
  /** Whether such a peer got the line on a connection that was lost. */
  isDoubtful?: boolean;
}

/** Own lines on their way, and the ids of those of others. */
export class Lines {
  readonly #peers: ReadonlyMap<number, Peer>;
  readonly #arrivals: ReadonlyMap<number, Arrival>;
  readonly #out: Outbox;
  #isJoined = false;
  /** Whether all members that were there already have been announced. */
  #knowsMembers = false;
  readonly #unconfirmed = new Map<string, Unconfirmed>();
  /** The peers and ids of the lines that were shown, the newest last. */
  readonly #heard = new Set<string>();

  constructor(peers: ReadonlyMap<number, Peer>, arrivals: ReadonlyMap<number, Arrival>, out: Outbox) {
    this.#peers = peers;
    this.#arrivals = arrivals;
    this.#out = out;
  }

  /** Says a line to everybody who is here; a peer that is away for a moment, or comes back, gets it then. */
  written(line: Line): void {
    const own: Unconfirmed = { line };
    this.#unconfirmed.set(line.id, own);
    if (this.#unconfirmed.size > limits.missedChats) {
      const [oldest = ""] = this.#unconfirmed.keys();
      this.#show(oldest, "uncertain");
    }
    if (!this.#isJoined) return;
    own.wasPlain = this.#arrivals.size > 0;
    for (const peer of this.#peers.values()) {
      if (peer.isAway) peer.miss(line);
      else if (peer.features.has(feature)) {
        peer.said(line);
        this.#out.relay(peer, { chat_id: { id: line.id } });
      } else own.wasPlain = true;
    }
    own.isSaid = true;
    this.#out.add({ type: "relay", message: { chat: line.chat } });
  }

  /** Finds out when all members are known, if something is to be said to them. */
  joined(): void {
    this.#isJoined = true;
    if (this.#unconfirmed.size > 0) this.#out.add({ type: "confirm", line: members });
  }

  /** Says to a member that has become known the lines that it may not have got. */
  met(peer: Peer): void {
    const missed = new Map(peer.takeMissed().map((line) => [line.id, line]));
    const knowsIds = peer.features.has(feature);
    for (const own of this.#unconfirmed.values()) {
      if (own.isSaid || (own.isDoubtful && !knowsIds)) continue;
      own.wasPlain ||= !knowsIds;
      missed.set(own.line.id, own.line);
    }
    for (const line of missed.values()) {
      if (knowsIds) {
        peer.said(line);
        this.#out.relay(peer, { chat_id: { id: line.id } });
      }
      this.#out.relay(peer, { chat: line.chat });
    }
  }

  /** Says to a peer again the lines that were said to it last: it shows each once (Y13). */
  sayAgain(peer: Peer): void {
    for (const { id, chat } of peer.recent) {
      this.#out.relay(peer, { chat_id: { id } });
      this.#out.relay(peer, { chat });
    }
  }

  /** Asks for a confirmation of the lines that were said to everybody who is to hear them. */
  consider(): void {
    if (!this.#isJoined) return;
    const isComplete = this.#knowsMembers && this.#arrivals.size === 0;
    for (const own of this.#unconfirmed.values()) {
      if (own.isAsked || !(own.isSaid || isComplete)) continue;
      own.isSaid = own.isAsked = true;
      this.#out.add({ type: "confirm", line: own.line.id });
    }
  }

  /** Takes note that the server has everything up to this line. */
  confirmed(id: string): void {
    const own = this.#unconfirmed.get(id);
    if (id === members) this.#knowsMembers = true;
    else if (own) this.#show(id, own.isDoubtful ? "uncertain" : "sent");
  }

  /** Takes note that a line was too large to be sent. */
  refused(chat: Chat): void {
    for (const { line } of this.#unconfirmed.values()) {
      const { text, image } = line.chat;
      if (text === chat.text && image === chat.image) this.#show(line.id, "refused");
    }
  }

  /** Takes note that the connection is gone, and with it what was under way. */
  lost(): void {
    this.#isJoined = this.#knowsMembers = false;
    for (const own of this.#unconfirmed.values()) {
      own.isSaid = own.isAsked = false;
      if (!own.wasPlain || own.isDoubtful) continue;
      own.isDoubtful = true;
      this.#out.add({ type: "show-line", line: own.line.id, state: "uncertain" });
    }
  }

  /** @returns whether what a peer says now is new; its id came right before */
  heard(peer: Peer): boolean {
    const id = peer.nextLine;
    peer.nextLine = undefined;
    if (id === undefined) return true;
    // Who has proven nothing is known by its key alone: anybody can say another one's instance.
    const key = JSON.stringify([peer.credential === undefined ? peer.key : [peer.instance, peer.credential], id]);
    const isNew = !this.#heard.has(key);
    this.#heard.add(key);
    const [oldest = ""] = this.#heard;
    if (this.#heard.size > limits.heardLines) this.#heard.delete(oldest);
    return isNew;
  }

  #show(line: string, state: LineState): void {
    this.#unconfirmed.delete(line);
    this.#out.add({ type: "show-line", line, state });
  }
}
