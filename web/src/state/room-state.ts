// SPDX-License-Identifier: AGPL-3.0-only
/** Signals that a room feeds and the components read. */

import { signal } from "@preact/signals";
import type { RoomView } from "../core/view.ts";
import type { OwnStream } from "../io/own-streams.ts";
import type { Speaker } from "../io/room.ts";

/** How long an announcement can be read, in milliseconds. */
const announcementLife = 8_000;
const shownAnnouncements = 4;

export interface Announcement {
  readonly text: string;
}

export interface Notice {
  readonly text: string;
  readonly level: "warning" | "error";
  /** A way out, besides dismissing it. */
  readonly link?: { readonly href: string; readonly text: string };
}

export class RoomState {
  readonly name: string;
  readonly view;
  readonly own = signal<readonly OwnStream[]>([]);
  readonly streams = signal<ReadonlyMap<string, MediaStream>>(new Map());
  readonly speakers = signal<ReadonlySet<Speaker>>(new Set());
  readonly notices = signal<readonly Notice[]>([]);
  /** What was announced lately, oldest first. */
  readonly announcements = signal<readonly Announcement[]>([]);
  /** The browser plays sound only after a tap. */
  readonly isSoundBlocked = signal(false);
  readonly isLeft = signal(false);

  constructor(name: string, username: string) {
    this.name = name;
    this.view = signal<RoomView>({ link: "joining", username, resources: [], peers: [] });
  }

  /** Shows a notice once, however often it comes. */
  notify(notice: Notice): void {
    this.notices.value = [...this.notices.value.filter(({ text }) => text !== notice.text), notice];
  }

  dismiss(notice: Notice): void {
    this.notices.value = this.notices.value.filter((other) => other !== notice);
  }

  announce(text: string): void {
    const announcement = { text };
    this.announcements.value = [...this.announcements.value, announcement].slice(-shownAnnouncements);
    setTimeout(() => {
      this.announcements.value = this.announcements.value.filter((other) => other !== announcement);
    }, announcementLife);
  }

  setSpeakers(speakers: ReadonlySet<Speaker>): void {
    const before = this.speakers.value;
    const isSame = before.size === speakers.size && [...speakers].every((speaker) => before.has(speaker));
    if (!isSame) this.speakers.value = speakers;
  }
}
