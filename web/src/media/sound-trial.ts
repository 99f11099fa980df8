// SPDX-License-Identifier: AGPL-3.0-only
/** Tries sound: a meter for a microphone, and a tone for a speaker. */

/** The loudness from which on somebody is heard, 0 to 1, and the pause between two looks in milliseconds. */
const heard = 0.01;
const lookInterval = 50;
/** The time that a context may take to start, in milliseconds; one that has no device to play to may never. */
const startPatience = 1_000;
/** The length of the tone in seconds, its pitch and its loudness. */
const toneSeconds = 1.5;
const tonePitch = 440;
const toneGain = 0.2;

/** @returns whether a context runs, which needs a press in most browsers */
async function starts(context: AudioContext): Promise<boolean> {
  await Promise.race([context.resume(), new Promise((done) => setTimeout(done, startPatience))]);
  return context.state === "running";
}

/**
 * @param shows gets the loudness, 0 to 1, again and again
 * @returns resolves with whether something is heard in time; with nothing when that cannot be measured: a browser may do
 * that only where it can play as well
 */
export async function listen(
  context: AudioContext,
  stream: MediaStream,
  patience: number,
  shows: (loudness: number) => void,
): Promise<boolean | undefined> {
  await starts(context);
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return new Promise((done) => {
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const loudness = Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length);
      shows(Math.min(1, loudness * 3));
      if (loudness > heard) done(true);
      if (!stream.active) clearInterval(timer);
    }, lookInterval);
    setTimeout(() => done(context.state === "running" ? false : undefined), patience);
  });
}

/** Plays a tone. @param speaker the id of one, or none for the browser's choice @returns whether the browser lets it */
export async function playTone(context: AudioContext, speaker: string | undefined): Promise<boolean> {
  // Only some browsers can choose, and a speaker that is gone leaves the tone where it is.
  const chosen = context as AudioContext & { setSinkId?: (id: string) => Promise<void> };
  await chosen.setSinkId?.(speaker ?? "").catch(() => undefined);
  if (!(await starts(context))) return false;
  const tone = new OscillatorNode(context, { frequency: tonePitch });
  tone.connect(new GainNode(context, { gain: toneGain })).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + toneSeconds);
  return true;
}
