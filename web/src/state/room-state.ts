// SPDX-License-Identifier: AGPL-3.0-only
/** Signals that a room feeds and the components read. */

import { computed, signal } from "@preact/signals";
import type { LineState } from "../core/effects.ts";
import type { Corner } from "../core/layout.ts";
import type { PeerKey } from "../core/events.ts";
import { limits } from "../core/limits.ts";
import type { Chat, ReactionName } from "../core/relay-messages.ts";
import type { Identity, Mark } from "../core/people.ts";
import { isVideo } from "../core/resources.ts";
import { streamKey } from "../core/stream-key.ts";
import type { PeerView, RoomView } from "../core/view.ts";
import type { Device } from "../media/devices.ts";
import type { OwnFile } from "../files/own-files.ts";
import type { OwnStream } from "../media/own-streams.ts";
import type { PeerStats } from "../rtc/peer-stats.ts";
import type { Speaker } from "../room/listener.ts";
import type { Transfer } from "../files/transfers.ts";
import type { Acquaintances } from "./acquaintances.ts";
import { EventLog } from "./event-log.ts";
import { type Notice, type Words, withNotice } from "./notices.ts";
import { Numbers } from "./numbers.ts";
import { Stills } from "./stills.ts";

/** The time that an announcement can be read, in milliseconds. */
const announcementLife = 8_000;
const shownAnnouncements = 4;
/** Entries of the chat that are kept. */
const longestChat = 1_000;

export interface Announcement {
  readonly number: number;
  readonly text: Words;
  readonly about: string | undefined;
}

/** An entry of the chat: what somebody said, or a line about who came and went. */
export interface ChatEntry {
  readonly number: number;
  readonly at: Date;
  readonly username?: string;
  /** The peer whose entry it is; oneself and lines have none. */
  readonly peer?: PeerKey;
  readonly nameNumber?: () => number;
  /** The mark of the peer, as long as it is there; then the last one. */
  readonly mark?: () => Mark;
  readonly isOwn?: boolean;
  /** The id of an own line, until it is settled; after that the line is sent. */
  readonly unsettled?: string;
  /** Whether nobody can tell if the line has arrived everywhere. */
  readonly isUncertain?: boolean;
  readonly chat: Chat;
  /** The words of a line, instead of what somebody said. */
  readonly line?: Words;
  /** The subject of which this is the newest line: it takes the place of the one before, if that is of the same. */
  readonly about?: string;
}

/** A picture that is not asked for just now, or that is on its way again. */
export interface PausedPicture {
  /** The last that was seen of it. */
  readonly still: string | undefined;
  /** Why it is not asked for; nothing when it is again. */
  readonly why: "unseen" | "overload" | undefined;
  readonly since: number;
}

export type Panel = "chat" | "settings" | "rooms" | "people" | "invite" | "log" | "keys" | "record";

/** What somebody shows of themselves. */
export interface Gesture {
  readonly isHandUp: boolean;
  readonly reaction?: ReactionName | undefined;
}

/** A peer as it is shown: `username` is the name that it has here, if it has one. */
export interface PersonView extends PeerView {
  readonly identity: Identity | undefined;
  /** The name that the peer gives itself. */
  readonly claimed: string;
}

/** The room as it is shown. */
export interface ShownView extends Omit<RoomView, "peers"> {
  readonly peers: readonly PersonView[];
}

export class RoomState {
  readonly name: string;
  readonly secret: string;
  /** The room as the session sees it. */
  readonly session;
  /** The room as it is shown: people who have a name here are called by it. */
  readonly view = computed((): ShownView => {
    const { peers, ...session } = this.session.value;
    const identities = this.identities.value;
    const paused = this.paused.value;
    return { ...session, peers: peers.map((peer) => shownAs(peer, identities.get(peer.key), paused)) };
  });
  /** What is known of who peers are. */
  readonly identities = signal<ReadonlyMap<PeerKey, Identity>>(new Map());
  /** What is known of people, once that was needed. */
  readonly acquaintances = signal<Acquaintances | undefined>(undefined);
  readonly own = signal<readonly OwnStream[]>([]);
  /** Whether no own microphone is heard; undefined without one. */
  readonly isMuted = computed(() => {
    const microphones = this.own.value.filter(({ source }) => source === "microphone");
    return microphones.length > 0 ? microphones.every(({ muted }) => muted) : undefined;
  });
  readonly files = signal<readonly OwnFile[]>([]);
  readonly streams = signal<ReadonlyMap<string, MediaStream>>(new Map());
  /** The pictures that the person wants and that are not asked for just now, by the key of the stream. */
  readonly paused = signal<ReadonlyMap<string, PausedPicture>>(new Map());
  /** The pictures that the person asked for by hand, which are shown whatever that costs. */
  readonly chosen = new Set<string>();
  /** Hears of a picture that the person wants, or wants no more. */
  whenChosen: ((picture: string, wanted: boolean) => void) | undefined;
  readonly speakers = signal<ReadonlySet<Speaker>>(new Set());
  readonly transfers = signal<readonly Transfer[]>([]);
  readonly stats = signal<ReadonlyMap<PeerKey, PeerStats>>(new Map());
  readonly notices = signal<readonly Notice[]>([]);
  /** The announcements of late, oldest first. */
  readonly announcements = signal<readonly Announcement[]>([]);
  readonly chat = signal<readonly ChatEntry[]>([]);
  readonly unread = signal(0);
  /** Raised hands, and reactions of late. */
  readonly gestures = signal<ReadonlyMap<Speaker, Gesture>>(new Map());
  /** Who records, oneself too. */
  readonly recorders = signal<ReadonlySet<Speaker>>(new Set());
  /** How long and large the own recording is. */
  readonly recording = signal<{ readonly seconds: number; readonly bytes: number } | undefined>(undefined);
  /** Whether the person is choosing a reaction. */
  readonly isReacting = signal(false);
  /** The text that is being written for the chat, with its panel open or closed. */
  readonly draft = signal("");
  /** When a panel was opened or closed last, in milliseconds. */
  panelToggled = 0;
  readonly panel = signal<Panel | undefined>(undefined);
  /** The peer whose details the panel of people shows first. */
  readonly shownPeer = signal<PeerKey | undefined>(undefined);
  /** Members of the watched rooms, by hash. */
  readonly roomCounts = signal<ReadonlyMap<string, number>>(new Map());
  /** Whether the server counts members of watched rooms. */
  readonly hasRoomWatches = signal(true);
  /** Whether the server has a relay (TURN), once that is known. */
  readonly hasRelay = signal<boolean | undefined>(undefined);
  /** Whether the browser plays sound only after a tap. */
  readonly isSoundBlocked = signal(false);
  readonly isLeft = signal(false);
  /** Microphones, cameras and speakers, as far as the browser tells. */
  readonly devices = signal<readonly Device[]>([]);
  readonly log = new EventLog();
  /** The volumes that people were set to, by name: for when they come back. */
  readonly volumes = new Map<string, number>();
  /** Those that are in use now, by peer: a name may change, and be that of several. */
  readonly volumesInUse = new Map<PeerKey, number>();
  readonly numbers = new Numbers();
  readonly stills = new Stills();
  readonly #pinned = signal<string | undefined>(undefined);
  /** The pictures that are shown of each member, oneself first, in the order of the tiles. */
  readonly pictures = computed(() => [
    this.own.value.filter(({ info }) => isVideo(info)).map(({ info }) => streamKey("own", info.id)),
    ...this.view.value.peers.map(({ key, resources }) =>
      resources
        .filter(({ info, wanted }) => wanted && isVideo(info))
        .map(({ info }) => streamKey(key, info.id))
        .filter((picture) => this.streams.value.has(picture) || this.paused.value.has(picture)),
    ),
  ]);
  /** The picture that is large while it is shown. */
  readonly pinned = computed(() => this.pictures.value.flat().find((picture) => picture === this.#pinned.value));
  /** Width by height of the pictures that are shown. */
  readonly shapes = signal<ReadonlyMap<string, number>>(new Map());
  /** The corner of the own picture, where it is small. */
  readonly corner = signal<Corner>("top-left");
  #chatNumber = 0;
  #announcementNumber = 0;

  constructor(name: string, secret: string, username: string) {
    this.name = name;
    this.secret = secret;
    this.session = signal<RoomView>({ link: "joining", username, resources: [], peers: [] });
  }

  /** Whether somebody's file is on its way here. */
  get isReceiving(): boolean {
    return this.transfers.peek().some(({ direction }) => direction === "in");
  }

  /** Shows that the room was left. */
  leave(): void {
    this.isLeft.value = true;
    // Readers of the streams see that there are none any more.
    this.own.value = [];
    this.streams.value = new Map();
    this.panel.value = undefined;
    this.gestures.value = new Map();
  }

  setView(view: RoomView): void {
    this.session.value = view;
    this.#look();
  }

  /** Shows what is known of who peers are. @param identities of all peers that are there */
  setIdentities(identities: ReadonlyMap<PeerKey, Identity>): void {
    this.identities.value = identities;
    this.#look();
  }

  #look(): void {
    const view = this.view.peek();
    this.numbers.look(view);
    this.stills.look(view);
  }

  /** Shows a notice once, however often it comes. */
  notify(notice: Notice): void {
    this.notices.value = withNotice(this.notices.value, notice);
  }

  dismiss(notice: Notice): void {
    this.notices.value = this.notices.value.filter((other) => other !== notice);
  }

  /** Takes back the notice about a subject with which all is well again. */
  settle(about: string): void {
    const notices = this.notices.peek();
    if (notices.some((notice) => notice.about === about)) {
      this.notices.value = notices.filter((notice) => notice.about !== about);
    }
  }

  /** Takes back the notices that are the matter of a peer that has left. */
  settleOf(peer: PeerKey): void {
    this.notices.value = this.notices.peek().filter((notice) => notice.peer !== peer);
  }

  /** @param about the subject of which it is the newest; what was announced of that before is over */
  announce(text: Words, about?: string): void {
    const announcement = { number: ++this.#announcementNumber, text, about };
    const others = this.announcements.value.filter((other) => about === undefined || other.about !== about);
    this.announcements.value = [...others, announcement].slice(-shownAnnouncements);
    setTimeout(() => {
      this.announcements.value = this.announcements.value.filter((other) => other !== announcement);
    }, announcementLife);
  }

  addChat(entry: Omit<ChatEntry, "number" | "at">): void {
    const last = this.chat.value.at(-1);
    const isNewer = entry.about !== undefined && last?.about === entry.about;
    const others = isNewer ? this.chat.value.slice(0, -1) : this.chat.value;
    const entries = [...others, { ...entry, number: ++this.#chatNumber, at: new Date() }].slice(-longestChat);
    this.chat.value = withinBudget(entries);
    if (this.panel.value !== "chat" && entry.username !== undefined && !entry.isOwn) this.unread.value += 1;
  }

  /** Settles an own line. One that was not said at all is not shown as said. */
  settleLine(id: string, state: LineState): void {
    this.chat.value = this.chat.value.flatMap(({ unsettled, ...entry }) => {
      if (unsettled !== id) return [unsettled === undefined ? entry : { unsettled, ...entry }];
      if (state === "refused") return [];
      // A line that is said again to others stays what it is.
      return [state === "uncertain" ? { unsettled, ...entry, isUncertain: true } : entry];
    });
  }

  togglePanel(panel: Panel): void {
    this.shownPeer.value = undefined;
    this.panel.value = this.panel.value === panel ? undefined : panel;
    this.panelToggled = performance.now();
    if (this.panel.value === "chat") this.unread.value = 0;
  }

  /** Opens the panel of people. @param peer whose details are shown first */
  showPerson(peer: PeerKey): void {
    this.shownPeer.value = peer;
    this.panel.value = "people";
  }

  /** Forgets the member counts of all other rooms. */
  keepRoomCounts(hashes: readonly string[]): void {
    const kept = [...this.roomCounts.value].filter(([hash]) => hashes.includes(hash));
    if (kept.length < this.roomCounts.value.size) this.roomCounts.value = new Map(kept);
  }

  /** The person asks by hand for a picture, or does without it. */
  choose(picture: string, wanted: boolean): void {
    this.chosen[wanted ? "add" : "delete"](picture);
    this.whenChosen?.(picture, wanted);
  }

  togglePin(picture: string): void {
    this.#pinned.value = this.pinned.value === picture ? undefined : picture;
  }

  /** Pins a picture in place of another one: somebody has come back with it. */
  movePin(from: string, to: string): void {
    if (this.#pinned.peek() === from) this.#pinned.value = to;
  }

  /** @param picture whose width by height is known now; of those that are not shown any more it is forgotten */
  setShape(picture: string, shape: number): void {
    const shown = new Set(this.pictures.peek().flat());
    const others = [...this.shapes.peek()].filter(([key]) => shown.has(key));
    this.shapes.value = new Map([...others, [picture, shape]]);
  }

  /** Pins one picture after the other, and none after the last. */
  pinNext(): void {
    const pictures = this.pictures.value.flat();
    const at = pictures.findIndex((picture) => picture === this.pinned.value);
    this.#pinned.value = pictures[at + 1];
  }

  setSpeakers(speakers: ReadonlySet<Speaker>): void {
    const before = this.speakers.value;
    const isSame = before.size === speakers.size && [...speakers].every((speaker) => before.has(speaker));
    if (!isSame) this.speakers.value = speakers;
  }
}

/** The chat without the oldest images, when all together are too large. */
function withinBudget(entries: readonly ChatEntry[]): ChatEntry[] {
  let left: number = limits.chatImages;
  return entries
    .toReversed()
    .filter(({ chat: { image = "" } }) => (left -= image.length) >= 0 || image === "")
    .toReversed();
}

const shownAs = (
  peer: PeerView,
  identity: Identity | undefined,
  paused: ReadonlyMap<string, PausedPicture>,
): PersonView => ({
  ...peer,
  resources: peer.resources.map((resource) =>
    paused.has(streamKey(peer.key, resource.info.id)) ? { ...resource, wanted: true, flowing: true } : resource,
  ),
  identity,
  username: identity?.petname ?? peer.username,
  claimed: peer.username,
});
