// SPDX-License-Identifier: AGPL-3.0-only
/** Mixes the sound of a recording, and keeps its pace: what sound does goes on in hidden pages, as timers do not. */

import { keepRunning } from "../keep-running.ts";

export interface Sound {
  readonly stream: MediaStream;
  /** As the person hears it, 0 to 1. */
  readonly volume: number;
}

export class Mixer {
  readonly #context = new AudioContext();
  readonly #destination = new MediaStreamAudioDestinationNode(this.#context);
  readonly #silence = new GainNode(this.#context, { gain: 0 });
  readonly #inputs = new Map<MediaStreamTrack, { readonly source: AudioNode; readonly gain: GainNode }>();
  #isEnded = false;

  constructor() {
    this.#silence.connect(this.#context.destination);
    // Without any sound there would be no film.
    this.#silence.connect(this.#destination);
    keepRunning(this.#context);
    void this.#context.resume();
  }

  get track(): MediaStreamTrack {
    const [track] = this.#destination.stream.getAudioTracks();
    if (!track) throw new Error("sound cannot be recorded here");
    return track;
  }

  /** Mixes these sounds from now on. */
  follow(sounds: readonly Sound[]): void {
    const wanted = new Map(
      sounds.flatMap(({ stream, volume }) => stream.getAudioTracks().map((each) => [each, volume])),
    );
    for (const [track, { source, gain }] of this.#inputs) {
      if (wanted.has(track)) continue;
      source.disconnect();
      gain.disconnect();
      this.#inputs.delete(track);
    }
    for (const [track, volume] of wanted) {
      const known = this.#inputs.get(track) ?? this.#add(track);
      known.gain.gain.value = volume;
    }
  }

  /** Calls so often in a second, until the end. */
  beat(rate: number, act: () => void): void {
    if (this.#isEnded) return;
    const pulse = new ConstantSourceNode(this.#context, { offset: 0 });
    pulse.connect(this.#silence);
    const ended = (): void => {
      pulse.disconnect();
      if (this.#isEnded) return;
      this.beat(rate, act);
      act();
    };
    pulse.addEventListener("ended", ended, { once: true });
    pulse.start();
    pulse.stop(this.#context.currentTime + 1 / rate);
  }

  end(): void {
    this.#isEnded = true;
    void this.#context.close();
  }

  #add(track: MediaStreamTrack): { readonly source: AudioNode; readonly gain: GainNode } {
    const source = new MediaStreamAudioSourceNode(this.#context, { mediaStream: new MediaStream([track]) });
    const gain = new GainNode(this.#context);
    source.connect(gain).connect(this.#destination);
    const input = { source, gain };
    this.#inputs.set(track, input);
    return input;
  }
}
