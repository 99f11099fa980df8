// SPDX-License-Identifier: AGPL-3.0-only
/** Tells what peers do: to whoever does not look, in the chat, and to whoever looks elsewhere. */

import type { PeerKey } from "../core/events.ts";
import type { Chat } from "../core/relay-messages.ts";
import { shownText } from "../core/shown-text.ts";
import type { RoomView } from "../core/view.ts";
import { nameInWords } from "../locale/labels.ts";
import { strings } from "../locale/strings.ts";
import type { Settings } from "../settings/store.ts";
import { newsOf, type Renaming, renamingsOf } from "./news.ts";
import type { Kind } from "./notifications.ts";
import type { RoomState } from "./room-state.ts";

interface Announced {
  readonly what: "joined" | "left";
  readonly username: string;
}

/** How much of a message is announced, in characters. */
const announcedLength = 200;
const notifiedLength = 120;

export class Narrator {
  readonly #state: RoomState;
  readonly #settings: Settings;
  /** Told once the view says which of equal names it is. */
  #announced: Announced[] = [];
  /** The newest line of the chat about another name, and the first name that it was instead of. */
  #renamed = { about: "", before: "" };

  constructor(state: RoomState, settings: Settings) {
    this.#state = state;
    this.#settings = settings;
  }

  announced(what: "joined" | "left", username: string): void {
    this.#announced.push({ what, username });
  }

  changed(view: RoomView): void {
    const state = this.#state;
    const before = state.view.peek();
    const lines = this.#announced.splice(0).map((announced) => this.#lineOf(announced, before, view));
    const renamings = renamingsOf(before, view);
    const news = newsOf(before, view, (peer) => state.numbers.of(peer));
    state.setView(view);
    for (const { what, line } of lines) {
      this.#tell({ line });
      this.#notify(what === "joined" ? "join" : "leave", line);
    }
    for (const renaming of renamings) this.#tellName(renaming);
    for (const { about, text } of news) state.announce(text, about);
  }

  said(peer: PeerKey, username: string, chat: Chat): void {
    const nameNumber = this.#state.numbers.remembered(peer, username);
    this.#state.addChat({ username, peer, nameNumber, chat });
    const line = (): string => {
      const text = chat.text ?? strings.anImage;
      return strings.chatFrom(nameInWords(username, nameNumber()), shownText(text, announcedLength));
    };
    this.#announceLine(line);
    this.#notify("chat", line);
  }

  #lineOf({ what, username }: Announced, before: RoomView, now: RoomView): { what: string; line: () => string } {
    const [with_, without] = what === "joined" ? [now, before] : [before, now];
    const peer = with_.peers.find(
      (each) => each.username === username && !without.peers.some(({ key }) => key === each.key),
    );
    const number = this.#state.numbers.remembered(peer?.key, username);
    // Of who leaves it is known only until then.
    number();
    return { what, line: () => strings[what](nameInWords(username, number())) };
  }

  /** However often somebody changes the name, it is one line. */
  #tellName({ peer, before, now }: Renaming): void {
    const about = `renamed:${peer}`;
    const isSame = this.#renamed.about === about && this.#state.chat.peek().at(-1)?.about === about;
    const first = isSame ? this.#renamed.before : before;
    this.#renamed = { about, before: first };
    const number = this.#state.numbers.remembered(peer, now);
    this.#tell({ about, line: () => strings.renamed(nameInWords(first), nameInWords(now, number())) });
  }

  #tell({ about, line }: { readonly about?: string; readonly line: () => string }): void {
    this.#announceLine(line, about);
    this.#state.addChat({ chat: {}, line, ...(about === undefined ? {} : { about }) });
  }

  /** Whoever looks at the page sees it. */
  #notify(kind: Kind, line: () => string): void {
    if (this.#settings.get(`notify_${kind}`) !== true || document.hasFocus()) return;
    // Without the server that code cannot be loaded.
    void import("./notifications.ts")
      .then(({ notifySystem }) => notifySystem(kind, shownText(line(), notifiedLength)))
      .catch(() => undefined);
  }

  /** The open chat says its lines itself. */
  #announceLine(line: () => string, about?: string): void {
    if (this.#state.panel.value !== "chat") this.#state.announce(line, about);
  }
}
