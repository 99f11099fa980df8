// SPDX-License-Identifier: AGPL-3.0-only
/** Draws what is recorded onto a canvas, whose frames are a track. */

import { type Drawing, fitted } from "../../core/recorded-scene.ts";
import type { Place } from "../../core/layout.ts";

export const recordedSize = { width: 1280, height: 720 };
/** Frames in a second. */
export const frameRate = 20;

/** What Chromium has for frames that go on while the page is hidden. */
interface FrameTrack extends MediaStreamTrack {
  readonly writable: WritableStream<VideoFrame>;
}

declare global {
  var MediaStreamTrackGenerator: (new (options: { kind: "video" }) => FrameTrack) | undefined;
}

export class Painter {
  readonly track: MediaStreamTrack;
  readonly #canvas = document.createElement("canvas");
  readonly #context: CanvasRenderingContext2D;
  /** A video for each stream that is drawn: those on the page come and go with what is looked at. */
  readonly #videos = new Map<string, HTMLVideoElement>();
  readonly #writer: WritableStreamDefaultWriter<VideoFrame> | undefined;
  readonly #began = performance.now();

  constructor() {
    Object.assign(this.#canvas, recordedSize);
    const context = this.#canvas.getContext("2d", { alpha: false, desynchronized: true });
    if (!context) throw new Error("there is no canvas to draw on");
    this.#context = context;
    const Generator = globalThis.MediaStreamTrackGenerator;
    const generator = Generator && new Generator({ kind: "video" });
    this.#writer = generator?.writable.getWriter();
    const [track = generator] = generator ? [] : this.#canvas.captureStream(frameRate).getVideoTracks();
    if (!track) throw new Error("a canvas cannot be recorded here");
    this.track = track;
  }

  draw(scene: readonly Drawing[], streams: ReadonlyMap<string, MediaStream>): void {
    this.#follow(streams);
    this.#context.fillStyle = "#14161a";
    this.#context.fillRect(0, 0, recordedSize.width, recordedSize.height);
    for (const drawing of scene) this.#drawOne(drawing);
    this.#emit();
  }

  end(): void {
    this.#follow(new Map());
    this.#writer?.close().catch(() => undefined);
    this.track.stop();
  }

  #emit(): void {
    // A recorder that does not keep up gets fewer frames.
    if (!this.#writer || (this.#writer.desiredSize ?? 0) <= 0) return;
    const timestamp = Math.round((performance.now() - this.#began) * 1_000);
    this.#writer.write(new VideoFrame(this.#canvas, { timestamp })).catch(() => undefined);
  }

  #follow(streams: ReadonlyMap<string, MediaStream>): void {
    for (const [key, video] of this.#videos) {
      if (video.srcObject === streams.get(key)) continue;
      video.srcObject = null;
      this.#videos.delete(key);
    }
    for (const [key, stream] of streams) {
      if (this.#videos.has(key)) continue;
      const video = document.createElement("video");
      Object.assign(video, { muted: true, playsInline: true, srcObject: stream });
      void video.play().catch(() => undefined);
      this.#videos.set(key, video);
    }
  }

  #drawOne(drawing: Drawing): void {
    if (drawing.kind === "picture") this.#drawPicture(drawing.key, drawing.place);
    else if (drawing.kind === "letter") this.#drawLetter(drawing.letter, drawing.place);
    else this.#drawName(drawing);
  }

  #drawPicture(key: string, place: Place): void {
    const video = this.#videos.get(key);
    if (!video || video.videoWidth === 0 || video.readyState < video.HAVE_CURRENT_DATA) return;
    const { left, top, width, height } = fitted(place, { width: video.videoWidth, height: video.videoHeight });
    this.#context.drawImage(video, left, top, width, height);
  }

  #drawLetter(letter: string, { left, top, width, height }: Place): void {
    this.#context.fillStyle = "#23272e";
    this.#context.fillRect(left, top, width, height);
    this.#write(letter, left + width / 2, top + height / 2, Math.min(width, height) / 3, "center", width);
  }

  #drawName({ name, isSpeaking, place: { left, top, width, height } }: Extract<Drawing, { kind: "name" }>): void {
    const size = Math.min(22, Math.max(12, height / 12));
    this.#context.fillStyle = "rgb(0 0 0 / 55%)";
    this.#context.fillRect(left, top + height - size * 1.6, width, size * 1.6);
    this.#write(name, left + size / 2, top + height - size * 0.8, size, "start", width - size);
    if (!isSpeaking) return;
    this.#context.strokeStyle = "#7fd18b";
    this.#context.lineWidth = 3;
    this.#context.strokeRect(left + 1.5, top + 1.5, width - 3, height - 3);
  }

  #write(text: string, x: number, y: number, size: number, align: CanvasTextAlign, most: number): void {
    this.#context.fillStyle = "#f2f3f5";
    this.#context.font = `${size}px system-ui, sans-serif`;
    this.#context.textAlign = align;
    this.#context.textBaseline = "middle";
    this.#context.fillText(text, x, y, Math.max(1, most));
  }
}
