// SPDX-License-Identifier: AGPL-3.0-only
/** Tells the events: to those who do not look, in the chat, and to those who look elsewhere. */

import type { Fact } from "../core/facts.ts";
import type { PeerKey } from "../core/events.ts";
import type { Mark } from "../core/people.ts";
import type { Chat, HandState, ReactionName, RecordingState, ResourceInfo } from "../core/relay-messages.ts";
import { shownText } from "../core/shown-text.ts";
import { registerServiceWorker } from "../io/service-worker.ts";
import { enOfPeople } from "../locale/en-people.ts";
import { labelInWords, nameInWords } from "../locale/labels.ts";
import { addEnglish, strings } from "../locale/strings.ts";
import type { Settings } from "../settings/store.ts";
import { announceBadWays } from "./bad-ways.ts";
import { Gestures } from "./gestures.ts";
import type { Kind } from "./notifications.ts";
import { PeerLog } from "./peer-log.ts";
import type { RoomState } from "./room-state.ts";

addEnglish(enOfPeople);

/** The most characters of a message that are announced. */
const announcedLength = 200;
const notifiedLength = 120;
/** The most of one peer's offers at once that are named. */
const namedOffers = 3;

export class Narrator {
  readonly #state: RoomState;
  readonly #settings: Settings;
  readonly #log: PeerLog;
  readonly #gestures: Gestures;
  /** The ids of what peers offer: a resource that is only called otherwise is no news. */
  readonly #known = new Map<PeerKey, Set<string>>();
  /** The resources that peers offer and that were not told yet. */
  readonly #offered = new Map<PeerKey, ResourceInfo[]>();
  /** The newest line of the chat about another name, and the first name that it was instead of. */
  #renamed = { about: "", before: "" };

  constructor(state: RoomState, settings: Settings) {
    this.#state = state;
    this.#log = new PeerLog(state.log);
    this.#gestures = new Gestures(state);
    this.#settings = settings;
    registerServiceWorker();
    announceBadWays(state, (peer) => this.#nameOf(peer));
  }

  told(fact: Fact): void {
    this.#log.told(fact);
    switch (fact.type) {
      case "peer-joined":
        return this.#tellOf(fact.peer, fact.username, "joined", "join");
      case "peer-left":
        this.#forget(fact.peer);
        this.#state.settleOf(fact.peer);
        return this.#tellOf(fact.peer, fact.username, "left", "leave");
      case "peer-merged":
        return this.#forget(fact.peer);
      case "peer-renamed":
        return this.#tellName(fact.peer, fact.before, fact.username);
      case "peer-status-changed":
        return fact.status === "failed" ? this.#tellFailure(fact.peer) : undefined;
      case "resource-offered":
        return this.#noteOffer(fact.peer, fact.resource, fact.wanted);
      case "resource-withdrawn":
        return this.#tellWithdrawal(fact.peer, fact.resource);
      case "hand-changed":
        return this.#tellHand(fact.peer, fact.state);
      case "reacted":
        return this.#tellReaction(fact.peer, fact.name);
      case "recording-changed":
        return this.#tellRecording(fact.peer, fact.state);
      case "link-changed":
      case "resource-changed":
        // These facts are seen on the tiles.
        return;
      case "own-offered":
        return this.#state.announce(() => strings.shared(labelInWords(fact.resource)));
      case "own-withdrawn":
        return this.#state.announce(() => strings.notShared(labelInWords(fact.resource)));
    }
  }

  /** Tells that the server is back; that it is away is seen and heard for as long as that lasts. */
  serverIsBack(): void {
    this.#state.announce(() => strings.serverIsBack);
  }

  /** Takes note that the room is shown as it is now: what peers offered meanwhile is told in one line. */
  shown(): void {
    for (const [peer, offered] of this.#offered) {
      const name = this.#nameOf(peer);
      this.#state.announce(() => strings.offers(name(), labelsOf(offered)), `offers:${peer}`);
    }
    this.#offered.clear();
  }

  /** @param peer who said it, or nobody for oneself @param line the id of an own line */
  said(claimed: string, chat: Chat, peer: PeerKey | undefined, line: string | undefined): void {
    const username = peer === undefined ? claimed : nameHere(this.#state, peer, claimed);
    if (peer === undefined) {
      this.#state.addChat({ username, isOwn: true, chat, ...(line === undefined ? {} : { unsettled: line }) });
      return;
    }
    const nameNumber = this.#state.numbers.remembered(peer, username);
    const mark = markOf(this.#state, peer, username);
    this.#state.addChat({ username, peer, nameNumber, mark, chat });
    const words = (): string => {
      const text = chat.text ?? strings.anImage;
      return strings.chatFrom(spoken(nameInWords(username, nameNumber()), mark()), shownText(text, announcedLength));
    };
    this.#announceLine(words);
    this.#notify("chat", words);
  }

  #tellOf(peer: PeerKey, claimed: string, what: "joined" | "left", kind: Kind): void {
    const username = nameHere(this.#state, peer, claimed);
    const number = this.#state.numbers.remembered(peer, username);
    // The number of a peer who leaves is known only until then.
    number();
    const mark = this.#state.identities.peek().get(peer)?.mark;
    const line = (): string => strings[what](spoken(nameInWords(username, number()), mark));
    this.#tell({ line });
    this.#notify(kind, line);
  }

  /** Tells a raised hand; that it is lowered is only seen, but of one's own. */
  #tellHand(peer: PeerKey | undefined, state: HandState): void {
    this.#gestures.handChanged(peer ?? "own", state);
    if (peer === undefined) {
      this.#state.announce(() => (state === "up" ? strings.ownHandUp : strings.ownHandDown), "hand:own");
    } else if (state === "up") {
      const name = this.#nameOf(peer);
      this.#tell({ about: `hand:${peer}`, line: () => strings.raisesHand(name()) });
    }
  }

  /** Tells the newest reaction of somebody, in the place of the one before. */
  #tellReaction(peer: PeerKey | undefined, reaction: ReactionName): void {
    this.#gestures.reacted(peer ?? "own", reaction);
    if (peer === undefined) {
      this.#state.announce(() => strings.youReact(strings.reactions[reaction]), "reacted:own");
    } else {
      const name = this.#nameOf(peer);
      this.#tell({ about: `reacted:${peer}`, line: () => strings.reacts(name(), strings.reactions[reaction]) });
    }
  }

  /** Tells the beginning and the end of a recording, in one line of the chat for each peer. */
  #tellRecording(peer: PeerKey | undefined, state: RecordingState): void {
    const isOn = state === "on";
    const others = [...this.#state.recorders.peek()].filter((who) => who !== (peer ?? "own"));
    this.#state.recorders.value = new Set(isOn ? [...others, peer ?? "own"] : others);
    if (peer === undefined) {
      if (isOn) this.#state.announce(() => strings.youRecord, "recording");
      return;
    }
    const name = this.#nameOf(peer);
    const line = (): string => (isOn ? strings.startsRecording(name()) : strings.stopsRecording(name()));
    this.#tell({ about: `recording:${peer}`, line });
  }

  /** Tells a new name in one line, however often somebody changes it. */
  #tellName(peer: PeerKey, before: string, now: string): void {
    // The name that is shown may be all the same.
    if (nameInWords(before) === nameInWords(now) || this.#state.identities.peek().get(peer)?.petname) return;
    const about = `renamed:${peer}`;
    const isSame = this.#renamed.about === about && this.#state.chat.peek().at(-1)?.about === about;
    const first = isSame ? this.#renamed.before : before;
    this.#renamed = { about, before: first };
    const number = this.#state.numbers.remembered(peer, now);
    this.#tell({ about, line: () => strings.renamed(nameInWords(first), nameInWords(now, number())) });
  }

  #tellFailure(peer: PeerKey): void {
    const name = this.#nameOf(peer);
    this.#state.announce(() => strings.chatFrom(name(), strings.failed), `failed:${peer}`);
  }

  /** Notes an offer, to be told with what comes at the same time. */
  #noteOffer(peer: PeerKey, resource: ResourceInfo, wanted: boolean): void {
    const known = this.#known.get(peer) ?? new Set();
    this.#known.set(peer, known);
    const isNew = !known.has(resource.id);
    known.add(resource.id);
    if (!isNew || wanted || !isForPeople(resource)) return;
    const offered = this.#offered.get(peer);
    if (offered) offered.push(resource);
    else this.#offered.set(peer, [resource]);
  }

  /** Tells who do not look what they can ask for no longer. */
  #tellWithdrawal(peer: PeerKey, resource: ResourceInfo): void {
    this.#known.get(peer)?.delete(resource.id);
    if (!isForPeople(resource)) return;
    const name = this.#nameOf(peer);
    this.#state.announce(() => strings.chatFrom(name(), strings.notShared(labelInWords(resource))));
  }

  #forget(peer: PeerKey): void {
    this.#gestures.forget(peer);
    this.#state.recorders.value = new Set([...this.#state.recorders.peek()].filter((who) => who !== peer));
    this.#known.delete(peer);
    this.#offered.delete(peer);
  }

  #nameOf(peer: PeerKey): () => string {
    const { numbers, view } = this.#state;
    const username = view.peek().peers.find(({ key }) => key === peer)?.username ?? "";
    return () => nameInWords(username, numbers.of(peer));
  }

  #tell({ about, line }: { readonly about?: string; readonly line: () => string }): void {
    this.#announceLine(line, about);
    this.#state.addChat({ chat: {}, line, ...(about === undefined ? {} : { about }) });
  }

  /** Notifies those who do not look at the page: whoever looks sees it. */
  #notify(kind: Kind, line: () => string): void {
    if (this.#settings.get(`notify_${kind}`) !== true || document.hasFocus()) return;
    // Without the server that code cannot be loaded.
    void import("./notifications.ts")
      .then(({ notifySystem }) => notifySystem(kind, shownText(line(), notifiedLength)))
      .catch(() => undefined);
  }

  /** Announces a line of the chat; the open chat says its lines itself. */
  #announceLine(line: () => string, about?: string): void {
    if (this.#state.panel.value !== "chat") this.#state.announce(line, about);
  }
}

/** Whether people can take it: ports are for programs. */
const isForPeople = ({ kind }: ResourceInfo): boolean => kind === "track" || kind === "file";

function labelsOf(offered: readonly ResourceInfo[]): string {
  const more = offered.length > namedOffers ? ", …" : "";
  return offered.slice(0, namedOffers).map(labelInWords).join(", ") + more;
}

/** The name of a peer, as it is shown. @param claimed the name that it gives itself */
const nameHere = (state: RoomState, peer: PeerKey, claimed: string): string =>
  state.identities.peek().get(peer)?.petname ?? claimed;

/**
 * The mark of a line: that of the peer as long as it goes by the line's name. Who was somebody else than the name said
 * stays that.
 */
function markOf({ identities, view }: RoomState, peer: PeerKey, name: string): () => Mark {
  let last: Mark = identities.peek().get(peer)?.mark ?? "no key";
  return () => {
    const isSame = view.value.peers.some(({ key, username }) => key === peer && username === name);
    if (isSame && last !== "changed") last = identities.value.get(peer)?.mark ?? last;
    return last;
  };
}

/** A name as it is announced: what is wrong with it is said as well. */
const spoken = (name: string, mark: Mark | undefined): string =>
  mark === "changed" ? `${name} (${strings.marks.changed})` : name;
