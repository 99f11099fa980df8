// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Asks for the pictures that can be seen, and for no more of them than the device can show; sound always goes on. What
 * is given up stays as a still. Loaded with the first stream.
 */

import { effect } from "@preact/signals";
import type { PeerKey } from "../core/events.ts";
import { isShort, type Load, Overload } from "../core/overload.ts";
import { isVideo } from "../core/resources.ts";
import { streamKey } from "../core/stream-key.ts";
import { Unseen } from "../core/unseen.ts";
import { frameOf } from "../media/still-frame.ts";
import type { Room } from "../room/room.ts";
import { followReturning } from "./returning.ts";
import type { PausedPicture, RoomState } from "./room-state.ts";

/** The pause between two looks, in milliseconds. */
const interval = 1_000;
/** The time that a picture that was asked for again may take before its still goes, in milliseconds. */
const arrival = 1_000;

/** A picture of a peer that the person wants. */
interface Wanted {
  readonly key: string;
  readonly peer: PeerKey;
  readonly id: string;
}

/** What came of a picture and what was drawn of it until now. */
interface Count {
  readonly came: number;
  readonly drawn: number;
}

export class Viewing {
  readonly #room: Room;
  readonly #state: RoomState;
  readonly #unseen = new Unseen();
  readonly #overload = new Overload();
  #overloaded: ReadonlySet<string> = new Set();
  /** The frames of pictures that are watched, and those of them that are in view. */
  readonly #frames = new Set<Element>();
  readonly #inView = new Set<Element>();
  readonly #spokeAt = new Map<PeerKey, number>();
  #counts: ReadonlyMap<string, Count> = new Map();
  #judgedAt = 0;
  readonly #ends: (() => void)[] = [];
  readonly #observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.#inView.add(target);
      else this.#inView.delete(target);
    }
    this.#look();
  });

  constructor(room: Room, state: RoomState) {
    this.#room = room;
    this.#state = state;
    state.whenChosen = (key, wanted) => this.#choose(key, wanted);
    const look = (): void => this.#look();
    const timer = setInterval(look, interval);
    document.addEventListener("visibilitychange", look);
    this.#ends.push(
      () => clearInterval(timer),
      () => document.removeEventListener("visibilitychange", look),
      // What a panel covered is there again once the panel is gone from the page.
      effect(() => void (state.panel.value === undefined && setTimeout(look))),
      effect(() => this.#listen(state.speakers.value)),
      effect(() => void (state.stats.value.size > 0 && this.#judge())),
      followReturning(room, state),
    );
  }

  end(): void {
    for (const end of this.#ends) end();
    this.#observer.disconnect();
    this.#state.whenChosen = undefined;
    this.#state.paused.value = new Map();
  }

  /** What a person asks for by hand is shown whatever it costs; what a person does not want is not asked for again. */
  #choose(key: string, wanted: boolean): void {
    const paused = new Map(this.#state.paused.peek());
    const before = paused.get(key);
    if (!before) return;
    this.#overloaded = new Set([...this.#overloaded].filter((each) => each !== key));
    if (wanted) paused.set(key, { still: before.still, why: undefined, since: performance.now() });
    else paused.delete(key);
    this.#state.paused.value = paused;
  }

  #listen(speakers: ReadonlySet<PeerKey | "own">): void {
    for (const who of speakers) if (who !== "own") this.#spokeAt.set(who, performance.now());
  }

  /** The pictures that the person wants and that are here, or were given up. Of the original's clients all stay (N14). */
  #wanted(): Wanted[] {
    const { view, streams, paused } = this.#state;
    return view.peek().peers.flatMap(({ key: peer, features, resources }) =>
      features.size === 0
        ? []
        : resources
            .filter(({ info, wanted }) => wanted && isVideo(info))
            .map(({ info: { id } }) => ({ key: streamKey(peer, id), peer, id }))
            .filter(({ key }) => isSilent(streams.peek().get(key)) || paused.peek().has(key)),
    );
  }

  #look(): void {
    const frames = this.#watchFrames();
    const wanted = this.#wanted();
    const viewed = wanted.map(({ key }) => ({ key, isVisible: this.#isVisible(frames.get(key)) }));
    const unseen = this.#unseen.look(viewed, performance.now());
    const paused = new Map<string, PausedPicture>();
    for (const each of wanted) {
      const why = unseen.has(each.key) ? "unseen" : this.#overloaded.has(each.key) ? "overload" : undefined;
      const now = this.#follow(each, why, frames.get(each.key));
      if (now) paused.set(each.key, now);
    }
    const before = this.#state.paused.peek();
    const isSame = paused.size === before.size && [...paused].every(([key, each]) => before.get(key) === each);
    if (!isSame) this.#state.paused.value = paused;
  }

  /** Asks for a picture or not. @returns how it is paused now, if it is */
  #follow({ key, peer, id }: Wanted, why: PausedPicture["why"], frame: Element | undefined): PausedPicture | undefined {
    const before = this.#state.paused.peek().get(key);
    const video = frame?.querySelector("video");
    if (why === undefined && before?.why === undefined) {
      const isHere = this.#state.streams.peek().has(key) && video && video.readyState >= video.HAVE_CURRENT_DATA;
      return before && isHere && performance.now() - before.since > arrival ? undefined : before;
    }
    if (why === before?.why) return before;
    const still = this.#state.stills.shown.peek().get(key) ?? (video && frameOf(video)) ?? before?.still;
    const isAsked = before?.why === undefined;
    if (isAsked !== (why === undefined)) this.#room.want(peer, id, why === undefined);
    return { still, why, since: performance.now() };
  }

  /** Watches the frames that are on the page now, and those no more that are gone. @returns them by their pictures */
  #watchFrames(): ReadonlyMap<string, HTMLElement> {
    const found = [...document.querySelectorAll<HTMLElement>(".picture[data-key]")];
    for (const frame of this.#frames) {
      if (frame.isConnected) continue;
      this.#observer.unobserve(frame);
      this.#frames.delete(frame);
      this.#inView.delete(frame);
    }
    for (const frame of found) {
      if (this.#frames.has(frame)) continue;
      // Until the observer says something else.
      this.#inView.add(frame);
      this.#frames.add(frame);
      this.#observer.observe(frame);
    }
    return new Map(found.map((frame) => [frame.dataset["key"] ?? "", frame]));
  }

  /** Whether a picture can be seen: in a window of its own also while the page cannot. */
  #isVisible(frame: HTMLElement | undefined): boolean {
    // What is recorded has to come.
    if (!frame || this.#state.recording.peek()) return true;
    const outside = document.pictureInPictureElement;
    if (outside && frame.contains(outside)) return true;
    return !document.hidden && this.#inView.has(frame) && isDrawn(frame);
  }

  /** Judges once a second whether the device can show all. */
  #judge(): void {
    const now = performance.now();
    const late = this.#judgedAt > 0 ? now - this.#judgedAt - interval : 0;
    this.#judgedAt = now;
    const frames = this.#watchFrames();
    const wanted = this.#wanted().filter(({ key }) => this.#state.paused.peek().get(key)?.why !== "unseen");
    const load = this.#loadOf(wanted, frames, late);
    // A page that is not looked at draws nothing, and is late for reasons of its own.
    if (document.hidden) return;
    // Looks come once a second, and not whenever somebody else speaks.
    const [speakers, pinned] = [this.#state.speakers.peek(), this.#state.pinned.peek()];
    const shown = wanted.map(({ key, peer }) => ({
      key,
      isSpeaking: speakers.has(peer),
      spokeAt: this.#spokeAt.get(peer) ?? 0,
      isChosen: key === pinned || this.#state.chosen.has(key) || isLarge(frames.get(key)),
    }));
    this.#overloaded = this.#overload.look(shown, isShort(load), now);
    this.#look();
  }

  /** What came of the pictures in view, and was drawn of them, since the last look. */
  #loadOf(wanted: readonly Wanted[], frames: ReadonlyMap<string, HTMLElement>, late: number): Load {
    const counts = new Map<string, Count>();
    const pictures: Count[] = [];
    for (const { key, peer } of wanted) {
      const frame = frames.get(key);
      const now = this.#isVisible(frame) ? this.#count(key, peer, frame?.querySelector("video")) : undefined;
      if (!now) continue;
      counts.set(key, now);
      const before = this.#counts.get(key);
      // A video that was drawn anew counts anew.
      if (!before || now.came < before.came || now.drawn < before.drawn) continue;
      pictures.push({ came: now.came - before.came, drawn: now.drawn - before.drawn });
    }
    this.#counts = counts;
    return { pictures, late };
  }

  #count(key: string, peer: PeerKey, video: HTMLVideoElement | null | undefined): Count | undefined {
    const [track] = this.#state.streams.peek().get(key)?.getVideoTracks() ?? [];
    const came = track && this.#state.stats.peek().get(peer)?.pictures.get(track.id);
    if (came === undefined || !video || video.paused) return undefined;
    const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
    // Some engines do not count what comes from peers.
    if (totalVideoFrames === 0) return undefined;
    return { came, drawn: totalVideoFrames - droppedVideoFrames };
  }
}

/** Whether a stream is here and brings pictures alone: who asks for it no more loses no sound. */
const isSilent = (stream: MediaStream | undefined): boolean => stream?.getAudioTracks().length === 0;

const isLarge = (frame: HTMLElement | undefined): boolean =>
  frame !== undefined &&
  (document.fullscreenElement === frame || frame.contains(document.pictureInPictureElement ?? null));

/** Whether an element is drawn at all: a panel may have the whole page. */
const isDrawn = (element: Element): boolean => element.checkVisibility?.({ visibilityProperty: true }) ?? true;
