// SPDX-License-Identifier: AGPL-3.0-only
/** The streams that this page captured: their names, their ends, and how loud the microphones are. */

import type { ResourceInfo } from "../core/relay-messages.ts";
import type { Preferences, SettingKey } from "../settings/declaration.ts";
import { capture, CaptureError, type CaptureProblem, constraints, type Source } from "./capture.ts";
import type { Microphone, MutedTalk } from "./audio-graph.ts";
import { isWebKit } from "../io/web-kit.ts";

type AudioGraph = typeof import("./audio-graph.ts");

/** A source that is captured by a device that can be chosen. */
export type Device = Exclude<Source, "screen">;

export interface OwnStream {
  readonly info: ResourceInfo;
  readonly source: Source;
  /** The stream that is sent and shown. */
  readonly stream: MediaStream;
  /** The stream that the device gives; the same unless it is processed. */
  readonly captured: MediaStream;
  readonly muted: boolean;
  /** Whether the system or the device gives nothing, such as a headset with its own switch. */
  readonly silenced: boolean;
}

/** Labels as they go over the wire; the page of the reader translates them. */
const labels: Readonly<Record<Source, string>> = { microphone: "Microphone", camera: "Camera", screen: "Screen" };

/** Preferences that take another device, or the same one anew, and what for. */
const switches: readonly (readonly [Device, readonly SettingKey[], isSame: boolean])[] = [
  ["microphone", ["microphone_device"], false],
  // Chromium says that it applies these to a running microphone, and does not.
  ["microphone", ["echo_cancellation", "auto_gain_control", "native_noise_suppression"], true],
  ["camera", ["camera_device", "camera_facing_mode"], false],
];

/** The time in which devices give something again once the page is seen, in milliseconds. */
const wakingMs = 2_000;

export interface OwnStreamsListener {
  added(stream: OwnStream): void;
  /** Something that is shown of a stream is different. */
  changed(): void;
  /** Another device gives the pictures from now on. */
  trackReplaced(stream: OwnStream, track: MediaStreamTrack): void;
  /** Another device was wanted. @param problem why it cannot be had */
  switched(source: Device, problem?: CaptureProblem): void;
  /** @param byDevice the device went away, or the browser's own button ended it */
  ended(stream: OwnStream, byDevice: boolean): void;
}

export class OwnStreams {
  readonly #streams = new Map<string, OwnStream>();
  readonly #microphones = new Map<string, Microphone>();
  /** The newest switch of each stream: what an earlier one brings comes too late. */
  readonly #switches = new Map<string, symbol>();
  #preferences: Preferences;
  readonly #listener: OwnStreamsListener;
  #audio: AudioContext | undefined;
  /** Whether noise has to be suppressed by the browser, as the sound does not pass RNNoise here. */
  #isWithoutRnnoise = false;
  #talk: MutedTalk | undefined;
  /** The sources of which was told that they give nothing. */
  readonly #asleep = new Set<Source>();
  readonly #life = new AbortController();

  constructor(preferences: Preferences, listener: OwnStreamsListener) {
    this.#preferences = preferences;
    this.#listener = listener;
    const { signal } = this.#life;
    if (isWebKit()) document.addEventListener("visibilitychange", () => this.#lookWhetherAwakeSoon(), { signal });
  }

  list(): OwnStream[] {
    return [...this.#streams.values()];
  }

  get(id: string): OwnStream | undefined {
    return this.#streams.get(id);
  }

  /** @param muted whether a microphone is silent at first @throws CaptureError */
  async add(source: Source, muted: boolean): Promise<void> {
    const preferences = this.#wanted;
    const captured = await capture(source, preferences);
    const microphone = source === "microphone" ? await this.#processed(captured) : undefined;
    const stream = microphone?.stream ?? captured;
    const info: ResourceInfo = {
      id: stream.id,
      kind: "track",
      track_kind: source === "microphone" ? "audio" : "video",
      label: this.#freeLabel(labels[source]),
    };
    // Push to talk: silent until Space is held.
    const isMuted = source === "microphone" && (muted || this.#preferences.push_to_talk === true);
    if (microphone) this.#microphones.set(info.id, microphone);
    const silenced = this.#isSilenced(info.id, captured);
    const own: OwnStream = { info, source, stream, captured, muted: isMuted, silenced };
    this.#streams.set(info.id, own);
    this.setMuted(info.id, isMuted);
    this.#watchEnd(info.id, captured);
    this.#listener.added(own);
    // The browser may have asked for long, and the person may have changed a setting meanwhile.
    void this.#follow(preferences);
  }

  /**
   * Takes over what the person prefers now. Running tracks are asked for it, and a device that cannot goes on as it is;
   * another device takes the place of the one before. What was preferred before the first stream is asked for then.
   */
  async prefer(preferences: Preferences): Promise<void> {
    const before = this.#wanted;
    this.#preferences = preferences;
    // Switching push to talk on silences the microphones, switching it off lets them be heard again where the person
    // does so: other pages follow the setting, and nobody looks at them.
    const isSilent = preferences.push_to_talk === true;
    if (before.push_to_talk !== preferences.push_to_talk && (isSilent || document.hasFocus()))
      this.setAllMuted(isSilent);
    await this.#follow(before);
  }

  /** What is asked of devices and of the sound's graph. */
  get #wanted(): Preferences {
    const isByBrowser = this.#isWithoutRnnoise && this.#preferences.rnnoise === true;
    return isByBrowser ? { ...this.#preferences, native_noise_suppression: true } : this.#preferences;
  }

  /** Lets the streams follow the preferences that are different from before. */
  async #follow(before: Preferences): Promise<void> {
    const preferences = this.#wanted;
    const isOther = (key: SettingKey): boolean => before[key] !== preferences[key];
    const isHeardOtherwise = isOther("rnnoise") || isOther("microphone_gain");
    for (const microphone of isHeardOtherwise ? this.#microphones.values() : []) void microphone.prefer(preferences);
    const asked = this.list().flatMap((own) => constrained(own, before, preferences));
    for (const [source, keys, isSame] of switches) if (keys.some(isOther)) void this.#switchDevice(source, isSame);
    await Promise.allSettled(asked);
  }

  /** Tries again to have the device that is preferred: it may be free by now. */
  tryAgain(source: Device): void {
    void this.#switchDevice(source, false);
  }

  async #switchDevice(source: Device, isSame: boolean): Promise<void> {
    try {
      await this.#captureAnew(source, isSame);
      this.#listener.switched(source);
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      this.#listener.switched(source, error.problem);
    }
  }

  /**
   * Lets the newest stream of a source come from the device that is preferred now, for everybody who gets it, and
   * without asking them. @param isSame it is the device that runs, to be had in another way
   * @throws CaptureError when it cannot be had; what had to stop for that has ended then
   */
  async #captureAnew(source: Device, isSame: boolean): Promise<void> {
    const own = this.list().findLast((stream) => stream.source === source);
    if (!own) return;
    const { id } = own.info;
    const turn = Symbol(id);
    this.#switches.set(id, turn);
    const isLate = (): boolean => this.#switches.get(id) !== turn;
    const use = (captured: MediaStream): void => (isLate() ? stopTracks(captured) : this.#use(id, captured));
    try {
      // Chromium gives a microphone that runs as it runs.
      if (isSame) stopTracks(own.captured);
      use(await capture(source, this.#wanted).catch((error: unknown) => this.#afterStopping(own, error, use)));
    } catch (error) {
      if (isLate()) return;
      if (this.#streams.get(id)?.captured.getTracks()[0]?.readyState === "ended") this.#end(id, false);
      throw error;
    }
  }

  /**
   * Captures after the old camera was stopped: phones open one at a time. @throws CaptureError; then the old one is
   * taken again
   */
  async #afterStopping(own: OwnStream, error: unknown, use: (captured: MediaStream) => void): Promise<MediaStream> {
    const device = own.captured.getVideoTracks()[0]?.getSettings().deviceId;
    if (!device || !(error instanceof CaptureError && error.problem === "busy")) throw error;
    stopTracks(own.captured);
    try {
      return await capture(own.source, this.#wanted);
    } catch (stillBusy) {
      await capture(own.source, this.#wanted, device).then(use, () => undefined);
      throw stillBusy;
    }
  }

  stop(id: string): void {
    this.#end(id, false);
  }

  stopAll(): void {
    for (const id of this.#streams.keys()) this.stop(id);
    void this.#audio?.close();
    this.#audio = undefined;
    this.#life.abort();
  }

  /** Sends silence instead of sound; the device stays on, so that headsets do not switch their mode. */
  setMuted(id: string, muted: boolean): void {
    const own = this.#streams.get(id);
    if (!own) return;
    for (const track of own.stream.getTracks()) track.enabled = !muted;
    this.#streams.set(id, { ...own, muted });
  }

  setAllMuted(muted: boolean): void {
    for (const { info, source } of this.list()) if (source === "microphone") this.setMuted(info.id, muted);
    this.#listener.changed();
  }

  /** The loudness now of those own microphones that the others can hear, or cannot, 0 to 1. */
  loudest(muted = false): number {
    const meant = [...this.#microphones].filter(([id]) => this.#streams.get(id)?.muted === muted);
    return Math.max(0, ...meant.map(([, microphone]) => microphone.level()));
  }

  /** Whether it shows just now that the person talks and nobody hears it. To be asked at each look at the loudness. */
  talksMuted(threshold: number): boolean {
    const microphones = this.list().filter(({ source }) => source === "microphone");
    const isMuted = microphones.length > 0 && microphones.every(({ muted }) => muted);
    return this.#talk?.look(isMuted ? this.loudest(true) : undefined, threshold) ?? false;
  }

  /** The first label of "Camera", "Camera 2", … that none of the own streams has. */
  #freeLabel(label: string): string {
    const taken = new Set(this.list().map(({ info }) => info.label));
    let name = label;
    for (let number = 2; taken.has(name); number++) name = `${label} ${number}`;
    return name;
  }

  /** @returns undefined when the sound has to go as the device gives it */
  async #processed(captured: MediaStream): Promise<Microphone | undefined> {
    // The code is loaded with the first microphone; without the server it cannot be.
    const loaded = await import("./audio-graph.ts").catch(() => undefined);
    const microphone = loaded && (await this.#opened(loaded, captured));
    this.#isWithoutRnnoise = microphone?.canSuppress !== true;
    return microphone;
  }

  async #opened(loaded: AudioGraph, captured: MediaStream): Promise<Microphone | undefined> {
    this.#talk ??= new loaded.MutedTalk();
    const open = (context: AudioContext): Promise<Microphone | undefined> =>
      loaded.Microphone.open(context, captured, this.#preferences);
    this.#audio ??= this.#watched(loaded.makeAudioContext());
    const context = this.#audio;
    const microphone = await open(context);
    if (microphone || context.state !== "running" || this.#microphones.size > 0) return microphone;
    // Firefox connects a device only to a context of the system's own rate.
    void context.close();
    this.#audio = this.#watched(loaded.makeAudioContext(null));
    return open(this.#audio);
  }

  #use(id: string, captured: MediaStream): void {
    // The stream is looked up as it is now: it may have been muted meanwhile.
    const own = this.#streams.get(id);
    if (!own) return stopTracks(captured);
    stopTracks(own.captured);
    this.#watchEnd(id, captured);
    const microphone = this.#microphones.get(id);
    this.#streams.set(id, { ...own, captured, silenced: this.#isSilenced(id, captured) });
    this.#listener.changed();
    if (microphone) return microphone.use(captured);
    for (const track of own.stream.getTracks()) own.stream.removeTrack(track);
    for (const track of captured.getTracks()) {
      track.enabled = !own.muted;
      own.stream.addTrack(track);
      this.#listener.trackReplaced(own, track);
    }
  }

  /** Watches for the end of a stream by its device: tracks that are stopped here tell nobody. */
  #watchEnd(id: string, captured: MediaStream): void {
    // The sound of a screen may end by itself; its picture goes on.
    const pictures = captured.getVideoTracks();
    const bearers = pictures.length > 0 ? pictures : captured.getTracks();
    for (const track of bearers) track.addEventListener("ended", () => this.#end(id, true));
    for (const track of captured.getTracks()) {
      for (const event of ["mute", "unmute"]) {
        track.addEventListener(event, () => this.#lookWhetherSilenced(id, captured));
      }
    }
  }

  /** Watches a context: while the system lets it stand still, nobody hears what goes through it. */
  #watched(context: AudioContext): AudioContext {
    context.addEventListener("statechange", () => {
      for (const id of this.#microphones.keys()) this.#lookWhetherSilenced(id);
    });
    return context;
  }

  #isSilenced(id: string, captured: MediaStream): boolean {
    const isStill = this.#microphones.has(id) && this.#audio?.state !== "running";
    return isStill || captured.getTracks().some((track) => track.muted);
  }

  /** Offers to start devices anew: after a call an iPhone may leave them silent for good. */
  #lookWhetherAwakeSoon(): void {
    if (document.hidden) return;
    setTimeout(() => {
      for (const { source, captured } of this.list()) {
        if (source === "screen" || captured.getTracks().every((track) => !track.muted)) continue;
        this.#asleep.add(source);
        this.#listener.switched(source, "busy");
      }
    }, wakingMs);
  }

  /** @param captured what has changed; nothing for whatever is captured now */
  #lookWhetherSilenced(id: string, captured?: MediaStream): void {
    const own = this.#streams.get(id);
    if (!own || (captured && own.captured !== captured)) return;
    const { source } = own;
    const silenced = this.#isSilenced(id, own.captured);
    this.#streams.set(id, { ...own, silenced });
    if (!silenced && source !== "screen" && this.#asleep.delete(source)) this.#listener.switched(source);
    this.#listener.changed();
  }

  #end(id: string, byDevice: boolean): void {
    const own = this.#streams.get(id);
    if (!own) return;
    this.#streams.delete(id);
    this.#switches.delete(id);
    this.#microphones.get(id)?.close();
    this.#microphones.delete(id);
    stopTracks(own.captured);
    this.#listener.ended(own, byDevice);
  }
}

/** Asks the tracks of a stream for what is preferred now, if that is another thing than before. */
function constrained({ source, captured }: OwnStream, before: Preferences, now: Preferences): Promise<void>[] {
  const wanted = constraints(source, now);
  if (JSON.stringify(wanted) === JSON.stringify(constraints(source, before))) return [];
  const tracks = source === "microphone" ? captured.getAudioTracks() : captured.getVideoTracks();
  return tracks.map((track) => track.applyConstraints(wanted));
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
