// SPDX-License-Identifier: AGPL-3.0-only
/** Records what the page shows and plays into a file. Loaded when somebody wants that. */

import { effect } from "@preact/signals";
import { fileNameOf, formatFor, type RecordedPerson, sceneOf } from "../core/recorded-scene.ts";
import { isVideo } from "../core/resources.ts";
import { streamKey } from "../core/stream-key.ts";
import { openLiveSink } from "../files/live-sink.ts";
import type { Sink } from "../files/sinks.ts";
import { enOfRecording } from "../locale/en-recording.ts";
import { nameOf } from "../locale/labels.ts";
import { addEnglish, strings } from "../locale/strings.ts";
import { Film } from "../media/recording/film.ts";
import { Mixer, type Sound } from "../media/recording/mixer.ts";
import { frameRate, Painter, recordedSize } from "../media/recording/painter.ts";
import { isWebKit } from "../io/web-kit.ts";
import type { Room } from "../room/room.ts";
import type { RoomState } from "./room-state.ts";

addEnglish(enOfRecording);

const about = "recording";
/** The recording of each room that is under way. */
const running = new WeakMap<RoomState, Recording>();
/** Rooms in which the person is being asked for a file. */
const asking = new WeakSet<RoomState>();

/** Starts to record, or stops. */
export async function toggleRecording(room: Room, state: RoomState): Promise<void> {
  const recording = running.get(state);
  if (recording) return recording.stop();
  if (asking.has(state)) return undefined;
  asking.add(state);
  try {
    await start(room, state);
  } catch (error) {
    // The person wanted no file.
    if (error instanceof DOMException && error.name === "AbortError") return undefined;
    state.log.add(`recording ${String(error)}`);
    state.notify({ text: () => strings.recordingImpossible, level: "error", about });
  } finally {
    asking.delete(state);
  }
  return undefined;
}

async function start(room: Room, state: RoomState): Promise<void> {
  const format = formatFor((type) => MediaRecorder.isTypeSupported(type), isWebKit());
  if (!format) throw new Error("there is no format to record in");
  const sink = await openLiveSink(fileNameOf(new Date(), format.ending));
  // Others are told before anything is kept.
  if (state.isLeft.peek()) return sink.abort();
  try {
    if (state.view.peek().link !== "joined" || !room.setRecording("on")) throw new Error("nobody can be told");
    running.set(state, new Recording(room, state, sink, format.type));
  } catch (error) {
    room.setRecording("off");
    await sink.abort();
    throw error;
  }
  state.settle(about);
}

class Recording {
  readonly #room: Room;
  readonly #state: RoomState;
  readonly #sink: Sink;
  readonly #mixer = new Mixer();
  readonly #painter = new Painter();
  readonly #film: Film;
  readonly #since = performance.now();
  #bytes = 0;
  #end: Promise<void> | undefined;
  readonly #forget: () => void;

  constructor(room: Room, state: RoomState, sink: Sink, mimeType: string) {
    this.#room = room;
    this.#state = state;
    this.#sink = sink;
    sink.onFailed = () => void this.#finish(true);
    this.#look();
    this.#film = new Film([this.#painter.track, this.#mixer.track], mimeType, {
      write: (bytes) => this.#write(bytes),
      failed: () => void this.#finish(true),
    });
    this.#mixer.beat(frameRate, () => this.#look());
    this.#show();
    this.#forget = effect(() => void (state.isLeft.value && this.stop()));
  }

  stop(): Promise<void> {
    return this.#finish(false);
  }

  async #write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { length } = bytes;
    await this.#sink.write(bytes);
    this.#bytes += length;
    if (!this.#end) this.#show();
  }

  #show(): void {
    this.#state.recording.value = { seconds: (performance.now() - this.#since) / 1_000, bytes: this.#bytes };
  }

  /** Ends once. What was written stays, also after a failure. */
  #finish(isFailed: boolean): Promise<void> {
    this.#end ??= this.#close(isFailed);
    return this.#end;
  }

  async #close(isFailed: boolean): Promise<void> {
    let isWhole = !isFailed;
    try {
      await this.#film.stop();
      this.#room.setRecording("off");
      await (isFailed ? this.#sink.abort() : this.#sink.close());
    } catch {
      isWhole = false;
    }
    // Until now nobody else can begin: the end may take a while, and what is told of it is of this one.
    running.delete(this.#state);
    queueMicrotask(() => this.#forget());
    this.#mixer.end();
    this.#painter.end();
    this.#state.recording.value = undefined;
    if (isWhole) this.#state.announce(() => strings.recordingSaved, about);
    else this.#state.notify({ text: () => strings.recordingFailed, level: "error", about });
  }

  /** Draws and mixes what is shown and played now. */
  #look(): void {
    if (this.#end) return;
    const { pinned, shapes } = this.#state;
    const streams = picturesOf(this.#state);
    const people = peopleOf(this.#state, streams);
    this.#painter.draw(sceneOf(recordedSize, people, pinned.peek(), shapes.peek()), streams);
    this.#mixer.follow(soundsOf(this.#state));
  }
}

function picturesOf({ own, view, streams }: RoomState): ReadonlyMap<string, MediaStream> {
  const mine = own.peek().filter(({ info }) => isVideo(info));
  const keys = view
    .peek()
    .peers.flatMap(({ key, resources }) =>
      resources.filter(({ info, wanted }) => wanted && isVideo(info)).map(({ info }) => streamKey(key, info.id)),
    );
  return new Map([
    ...mine.map(({ info, stream }) => [streamKey("own", info.id), stream] as const),
    ...keys.flatMap((key) => {
      const stream = streams.peek().get(key);
      return stream ? [[key, stream] as const] : [];
    }),
  ]);
}

function peopleOf(state: RoomState, streams: ReadonlyMap<string, MediaStream>): RecordedPerson[] {
  const { username, peers } = state.view.peek();
  const speakers = state.speakers.peek();
  const [mine = [], ...others] = state.pictures.peek().map((keys) => keys.filter((key) => streams.has(key)));
  return [
    { name: nameOf(username), isSpeaking: speakers.has("own"), pictures: mine },
    ...peers.map(({ key, username: name }, number) => ({
      name: nameOf(name),
      isSpeaking: speakers.has(key),
      pictures: others[number] ?? [],
    })),
  ];
}

/** The sound of all, as loud as the person hears it; own muted microphones are silent by themselves. */
function soundsOf({ own, view, streams, volumes, volumesInUse }: RoomState): Sound[] {
  return [
    ...own.peek().map(({ stream }) => ({ stream, volume: 1 })),
    ...view.peek().peers.flatMap(({ key, username, resources }) =>
      resources.flatMap(({ info, wanted }) => {
        const stream = wanted ? streams.peek().get(streamKey(key, info.id)) : undefined;
        return stream ? [{ stream, volume: volumesInUse.get(key) ?? volumes.get(nameOf(username)) ?? 1 }] : [];
      }),
    ),
  ];
}
