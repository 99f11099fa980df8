// SPDX-License-Identifier: AGPL-3.0-only
/** Makes the sound of one connection robust when packets are lost (N16): copies go along, and buffers wait for repeats. */

import { Redundancy } from "../core/redundancy.ts";
import { isRobust } from "../core/robust-audio.ts";
import type { PeerStats } from "./peer-stats.ts";

/** What Chromium has and TypeScript does not know yet: the least time that packets are kept, in milliseconds. */
type BufferingReceiver = RTCRtpReceiver & { jitterBufferTarget?: number | null };

/** The lost part from which on it is worth an offer to ask for lost packets, where the first one could not. */
const worthAsking = 0.01;
/** The pause after an offer, and the longest one, in milliseconds. */
const firstPause = 900;
const longestPause = 300_000;
/** The lost part from which on a buffer waits for packets that are sent again. */
const worthWaiting = 0.02;
/** A packet that is missing is asked for with the next one, sent at once, and played a packet later, in milliseconds. */
const extraWait = 60;
/** Talk is no talk any more when each waits longer for the other, in milliseconds. */
const longestWait = 250;
/** Waits are multiples of this, in milliseconds. */
const step = 20;
/** The time for which a buffer stays as long as it was, in milliseconds: each change is heard. */
const settled = 10_000;

export class Robustness {
  readonly #connection: RTCPeerConnection;
  readonly #renegotiate: () => void;
  readonly #redundancy = new Redundancy();
  #nextAsking = 0;
  #pause = firstPause;
  /** Whether copies go along because this side asked for it. */
  #hasAsked = false;
  #wait: { readonly ms: number | null; readonly since: number } = { ms: null, since: 0 };

  /** @param renegotiate makes a new offer */
  constructor(connection: RTCPeerConnection, renegotiate: () => void) {
    this.#connection = connection;
    this.#renegotiate = renegotiate;
  }

  /** @param isSaid whether the last own description asked for lost packets @param now in milliseconds */
  heed({ losses, roundTrip }: Pick<PeerStats, "losses" | "roundTrip">, isSaid: boolean, now: number): void {
    const { sentAudio, askedAgain, jitter } = losses;
    if (sentAudio !== undefined) this.#repeat(this.#redundancy.look(sentAudio, now), now);
    // Which sound this side asks for again follows the other side's description.
    const isAgreed = isSaid && isRobust(this.#connection.remoteDescription?.sdp ?? "");
    if (!isAgreed && Math.max(sentAudio ?? 0, losses.received ?? 0) >= worthAsking) this.#ask(now);
    const wait = Math.min(longestWait, step * Math.ceil(((roundTrip ?? 0) * 1000 + jitter * 2000 + extraWait) / step));
    this.#waitFor(askedAgain >= worthWaiting ? wait : null, now);
  }

  /** Lets packets repeat the ones before, or not any more, where the last negotiation has decided otherwise. */
  #repeat(isWanted: boolean, now: number): void {
    const sending = this.#audio().filter(({ sender }) => canRepeat(sender) && repeats(sender) !== isWanted);
    if (sending.length === 0) this.#hasAsked &&= isWanted;
    if (sending.length === 0 || (!isWanted && !this.#hasAsked)) return;
    this.#hasAsked = true;
    for (const transceiver of sending) transceiver.setCodecPreferences(codecs(isWanted));
    this.#ask(now);
  }

  /** Makes a new offer, unless it was only just made: a peer need not do as it is asked. */
  #ask(now: number): void {
    if (now < this.#nextAsking) return;
    this.#nextAsking = now + this.#pause;
    this.#pause = Math.min(longestPause, this.#pause * 2);
    this.#renegotiate();
  }

  /** Waits for packets that are sent again. */
  #waitFor(ms: number | null, now: number): void {
    const isSettling = this.#wait.ms !== null && now - this.#wait.since < settled;
    if (isSettling || ms === this.#wait.ms) return;
    this.#wait = { ms, since: now };
    for (const { receiver } of this.#audio()) (receiver as BufferingReceiver).jitterBufferTarget = ms;
  }

  #audio(): RTCRtpTransceiver[] {
    return this.#connection.getTransceivers().filter(({ receiver }) => receiver.track.kind === "audio");
  }
}

const isRed = ({ mimeType }: { readonly mimeType: string }): boolean => mimeType.toLowerCase() === "audio/red";

/** Whether a sender has agreed on copies with the other side: Firefox knows none. */
const canRepeat = (sender: RTCRtpSender): boolean => sender.track !== null && sender.getParameters().codecs.some(isRed);

const repeats = (sender: RTCRtpSender): boolean => sender.getParameters().codecs.slice(0, 1).some(isRed);

/** The codecs in the order of preference. */
function codecs(isRepeating: boolean): RTCRtpCodec[] {
  const all = RTCRtpReceiver.getCapabilities("audio")?.codecs ?? [];
  const [red, others] = [all.filter(isRed), all.filter((codec) => !isRed(codec))];
  return isRepeating ? [...red, ...others] : [...others, ...red];
}
