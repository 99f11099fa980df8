// SPDX-License-Identifier: AGPL-3.0-only
/** RNNoise as an audio node. Loaded when the first microphone wants it. */

import { loadRnnoise, RnnoiseWorkletNode } from "@sapphi-red/web-noise-suppressor";
import simdUrl from "@sapphi-red/web-noise-suppressor/rnnoise_simd.wasm";
import url from "@sapphi-red/web-noise-suppressor/rnnoise.wasm";

/** The address of a file that is in the folder of this one. */
const beside = (file: string): string => new URL(file, import.meta.url).href;

let binary: Promise<ArrayBuffer> | undefined;
const prepared = new WeakSet<BaseAudioContext>();

/** @param context runs at 48 kHz, for which RNNoise was trained @throws when worklets or WebAssembly are not to be had */
export async function rnnoiseNode(context: AudioContext): Promise<RnnoiseWorkletNode> {
  binary ??= loadRnnoise({ url: beside(url), simdUrl: beside(simdUrl) });
  const wasmBinary = await binary.catch((error: unknown) => {
    // The next microphone asks again.
    binary = undefined;
    throw error;
  });
  if (!prepared.has(context)) await context.audioWorklet.addModule(RNNOISE_WORKLET);
  prepared.add(context);
  const node = new RnnoiseWorkletNode(context, { maxChannels: 1, wasmBinary });
  // RNNoise knows one channel; a stereo microphone is mixed down.
  node.channelCount = 1;
  node.channelCountMode = "explicit";
  return node;
}
