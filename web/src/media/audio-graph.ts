// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The graph that a microphone's sound goes through before it leaves: RNNoise, gain, a meter. Its stream stays the
 * same whatever the person prefers and whichever device is in use. All microphones share one AudioContext.
 */

import type { Preferences } from "../settings/declaration.ts";
import { keepRunning } from "./keep-running.ts";

export { MutedTalk } from "../core/muted-talk.ts";

/** The time that a context may take to start, in milliseconds; one that waits for a click does not start at all. */
const startPatience = 1_000;
/** The time that a microphone waits for RNNoise to be loaded, in milliseconds. */
const suppressorPatience = 1_000;
/** The time over which a gain changes, in seconds: at once it would click. */
const gainRamp = 0.02;
/** The rate that RNNoise was trained for, in Hz. */
const suppressorRate = 48_000;

export class Microphone {
  /** The stream that is sent. */
  readonly stream: MediaStream;
  readonly #context: AudioContext;
  #preferences: Preferences;
  readonly #gain: GainNode;
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;
  readonly #destination: MediaStreamAudioDestinationNode;
  #source: MediaStreamAudioSourceNode;
  #suppressor: (AudioNode & { destroy(): void }) | undefined;
  #isClosed = false;
  /** Counts the changes, so that a slow one does not undo a later one. */
  #change = 0;

  /** @returns nothing when sound cannot be processed here, or not yet: then the device's own stream must do */
  static async open(
    context: AudioContext,
    captured: MediaStream,
    preferences: Preferences,
  ): Promise<Microphone | undefined> {
    // One that was closed meanwhile cannot be resumed.
    await Promise.race([context.resume().catch(() => undefined), after(startPatience)]);
    if (context.state !== "running") return undefined;
    try {
      const microphone = new Microphone(context, captured, preferences);
      microphone.#connect(false);
      // RNNoise may come a little later, and nobody is kept waiting for it.
      await Promise.race([microphone.prefer(preferences), after(suppressorPatience)]);
      return microphone;
    } catch {
      // Some browsers do not connect a device to a context of another rate.
      return undefined;
    }
  }

  private constructor(context: AudioContext, captured: MediaStream, preferences: Preferences) {
    this.#context = context;
    this.#preferences = preferences;
    this.#source = context.createMediaStreamSource(captured);
    this.#gain = new GainNode(context, { gain: preferences.microphone_gain ?? 1 });
    this.#analyser = new AnalyserNode(context, { fftSize: 1024 });
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    this.stream = this.#destination.stream;
    this.#gain.connect(this.#destination);
    this.#gain.connect(this.#analyser);
  }

  /** Whether the sound can pass RNNoise here. */
  get canSuppress(): boolean {
    return this.#context.sampleRate === suppressorRate;
  }

  /** Takes over what the person prefers now, while the microphone runs. */
  async prefer(preferences: Preferences): Promise<void> {
    this.#preferences = preferences;
    const change = ++this.#change;
    this.#gain.gain.setTargetAtTime(preferences.microphone_gain ?? 1, this.#context.currentTime, gainRamp);
    const wanted = preferences.rnnoise === true;
    if (wanted && !this.#suppressor) {
      const suppressor = await suppressorFor(this.#context);
      if (this.#isClosed || change !== this.#change) suppressor?.destroy();
      else this.#suppressor = suppressor;
    }
    if (change === this.#change && !this.#isClosed) this.#connect(wanted);
  }

  /** Takes another device, without anybody who listens being asked. */
  use(captured: MediaStream): void {
    this.#source.disconnect();
    this.#source = this.#context.createMediaStreamSource(captured);
    this.#connect(this.#preferences.rnnoise === true);
  }

  /** The loudness now, 0 to 1: the root mean square of the last few milliseconds. */
  level(): number {
    // A context that stands still has its last samples for ever.
    if (this.#context.state !== "running") return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return Math.sqrt(this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / this.#samples.length);
  }

  close(): void {
    this.#isClosed = true;
    this.#source.disconnect();
    this.#suppressor?.disconnect();
    this.#suppressor?.destroy();
    this.#gain.disconnect();
    for (const track of this.stream.getTracks()) track.stop();
  }

  #connect(suppressed: boolean): void {
    this.#source.disconnect();
    this.#suppressor?.disconnect();
    if (suppressed && this.#suppressor) {
      this.#source.connect(this.#suppressor);
      this.#suppressor.connect(this.#gain);
    } else {
      this.#source.connect(this.#gain);
    }
  }
}

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The noise suppressor; undefined where it cannot be had: the sound then goes as it is. */
async function suppressorFor(context: AudioContext): Promise<(AudioNode & { destroy(): void }) | undefined> {
  if (context.sampleRate !== suppressorRate) return undefined;
  try {
    const { rnnoiseNode } = await import("./rnnoise.ts");
    return await rnnoiseNode(context);
  } catch (error) {
    reportError(error);
    return undefined;
  }
}

/**
 * The page's one AudioContext.
 *
 * @param sampleRate what RNNoise wants, where the browser lets choose; null for the system's own
 */
export function makeAudioContext(sampleRate: number | null = suppressorRate): AudioContext {
  const context = atRate(sampleRate);
  keepRunning(context);
  return context;
}

function atRate(sampleRate: number | null): AudioContext {
  try {
    return new AudioContext({ latencyHint: "interactive", ...(sampleRate === null ? {} : { sampleRate }) });
  } catch {
    return new AudioContext();
  }
}
