// SPDX-License-Identifier: AGPL-3.0-only
/** The test of a connection: its steps, how each went, and how to run them. */

import { type ReadonlySignal, type Signal, computed, signal } from "@preact/signals";
import { judgeRelay, judgeStun, report, transportOf } from "../core/connection-test.ts";
import { pageValues } from "../io/page.ts";
import { fetchConfig, rtcConfiguration, type ServerConfig } from "../io/server-config.ts";
import { trySignaling } from "../io/server-trial.ts";
import { formatMilliseconds } from "../locale/format.ts";
import { strings } from "../locale/strings.ts";
import { capture, CaptureError } from "../media/capture.ts";
import { listen, playTone } from "../media/sound-trial.ts";
import { carries, gather } from "../rtc/ice-trial.ts";
import type { Settings } from "../settings/store.ts";

/** The time that a microphone has to bring sound, in milliseconds. */
const micPatience = 10_000;
/** The time that the server has to answer, in milliseconds. */
const serverPatience = 10_000;

export type TrialState = keyof typeof strings.trial.states;

interface Outcome {
  readonly state: TrialState;
  /** More about it; words are read anew when the language changes. */
  readonly text: () => string;
}

export interface Step {
  readonly id: string;
  readonly name: () => string;
  readonly outcome: Signal<Outcome>;
  readonly run: () => Promise<Outcome>;
}

const nothing: Outcome = { state: "waiting", text: () => "" };
const outcome = (state: TrialState, text: () => string): Outcome => ({ state, text });

export class ConnectionTest {
  readonly #settings: Settings;
  readonly #signaling: string;
  /** What the server says of itself, once it has. */
  readonly #config = signal<ServerConfig | undefined>(undefined);
  readonly picture = signal<MediaStream | undefined>(undefined);
  readonly sound = signal<MediaStream | undefined>(undefined);
  readonly loudness = signal(0);
  readonly isRunning = signal(false);
  /** The last outcome, as it is said to those who do not look. */
  readonly news = signal<() => string>(() => "");
  /** Takes the answer whether the tone is heard. */
  answer: (isHeard: boolean) => void = () => undefined;
  readonly #devices: readonly Step[] = [
    newStep(
      "camera",
      () => strings.camera,
      () => this.#tryCamera(),
    ),
    newStep(
      "microphone",
      () => strings.microphone,
      () => this.#tryMicrophone(),
    ),
    newStep(
      "speaker",
      () => strings.trial.speaker,
      () => this.#trySpeaker(),
    ),
  ];
  readonly #server = newStep(
    "server",
    () => strings.trial.server,
    () => this.#tryServer(),
  );
  readonly #stun = newStep(
    "stun",
    () => strings.trial.stun,
    () => this.#tryStun(),
  );
  /** The addresses of relays; they stay the same list as long as they are the same. */
  readonly #addresses = signal<readonly string[]>([]);
  readonly #relays: ReadonlySignal<readonly Step[]> = computed(() =>
    relaySteps(
      this.#addresses.value,
      () => this.#noRelay(),
      (url) => this.#tryRelay(url),
    ),
  );
  /** The last attempt at each step: what an earlier one finds counts no more. */
  readonly #runs = new Map<string, number>();
  readonly steps = computed(() => [...this.#devices, this.#server, this.#stun, ...this.#relays.value]);
  #context: AudioContext | undefined;
  /** How often the server was asked: an answer that was overtaken says nothing. */
  #asked = 0;

  /** @param signaling the address of the server's WebSocket */
  constructor(settings: Settings, signaling: string) {
    this.#settings = settings;
    this.#signaling = signaling;
    void this.#loadConfig();
  }

  /** Runs all steps, one after the other; only the question about the tone holds up nobody. */
  async runAll(): Promise<void> {
    this.isRunning.value = true;
    for (const step of [...this.#devices, this.#server, this.#stun]) {
      const isOver = this.run(step);
      if (step.id !== "speaker") await isOver;
    }
    for (const step of this.#relays.value) await this.run(step);
    this.isRunning.value = false;
  }

  async run(step: Step): Promise<void> {
    step.outcome.value = outcome("running", () => "");
    const run = this.#begin(step.id);
    let found: Outcome;
    try {
      found = await step.run();
    } catch (error) {
      found = outcome("bad", () => troubleWith(error));
    }
    if (run !== this.#runs.get(step.id)) return;
    step.outcome.value = found;
    this.news.value = () => `${step.name()}: ${strings.trial.states[found.state]}. ${found.text()}`;
  }

  /** What was found, for whoever helps: without addresses, names of devices and secrets. */
  report(): string {
    const head = `keks-meet ${pageValues().version}, ${navigator.userAgent}`;
    const steps = this.steps.peek().map(({ name, outcome: { value } }) => ({
      name: name(),
      state: strings.trial.states[value.state],
      text: value.text(),
    }));
    return report(head, steps);
  }

  /** @returns the number of an attempt at a step */
  #begin(id: string): number {
    const run = (this.#runs.get(id) ?? 0) + 1;
    this.#runs.set(id, run);
    return run;
  }

  /** Switches the microphone off; whether it would have been heard is not known then. */
  hush(): void {
    this.switchOff("sound");
    const microphone = this.#devices.find(({ id }) => id === "microphone");
    if (microphone?.outcome.peek().state !== "running") return;
    this.#begin("microphone");
    microphone.outcome.value = nothing;
  }

  switchOff(which: "picture" | "sound"): void {
    for (const track of this[which].peek()?.getTracks() ?? []) track.stop();
    this[which].value = undefined;
  }

  /**
   * Switches a device on, in place of what is there. @returns undefined when another attempt has begun meanwhile: what
   * comes too late is switched off, as nobody else would do so
   */
  async #switchOn(which: "picture" | "sound", source: "camera" | "microphone"): Promise<MediaStream | undefined> {
    this.switchOff(which);
    const run = this.#runs.get(source);
    const stream = await capture(source, this.#settings.preferences());
    if (run !== this.#runs.get(source)) {
      for (const track of stream.getTracks()) track.stop();
      return undefined;
    }
    this[which].value = stream;
    return stream;
  }

  async #tryCamera(): Promise<Outcome> {
    await this.#switchOn("picture", "camera");
    return outcome("good", () => strings.trial.picture);
  }

  async #tryMicrophone(): Promise<Outcome> {
    const stream = await this.#switchOn("sound", "microphone");
    if (!stream) return nothing;
    const context = this.#sound();
    const isHeard = await listen(context, stream, micPatience, (loudness) => (this.loudness.value = loudness));
    if (isHeard === undefined) return outcome("unsure", () => strings.trial.unmeasured);
    return isHeard ? outcome("good", () => strings.trial.heardYou) : outcome("bad", () => strings.trial.silent);
  }

  async #trySpeaker(): Promise<Outcome> {
    this.answer(false);
    const step = this.#devices.find(({ id }) => id === "speaker");
    if (!(await playTone(this.#sound(), this.#settings.get("speaker_device"))))
      return outcome("bad", () => strings.trial.blocked);
    const asking = outcome("asking", () => strings.trial.question);
    if (step) step.outcome.value = asking;
    this.news.value = () => `${strings.trial.speaker}: ${asking.text()}`;
    const isHeard = await new Promise<boolean>((answered) => (this.answer = answered));
    return isHeard ? outcome("good", () => strings.trial.youHear) : outcome("bad", () => strings.trial.noTone);
  }

  async #tryServer(): Promise<Outcome> {
    await this.#loadConfig();
    if (!this.#config.peek()) return outcome("bad", () => strings.trial.noAnswer);
    const found = await trySignaling(this.#signaling);
    if (!found) return outcome("bad", () => strings.trial.noSignaling);
    return outcome("good", () => strings.trial.answers(found.version, formatMilliseconds(found.ms)));
  }

  async #tryStun(): Promise<Outcome> {
    const config = this.#config.peek();
    if (!config) return outcome("unsure", () => strings.trial.noAnswer);
    const urls = config.webrtc.stun;
    if (urls === undefined) return outcome("unsure", () => strings.trial.noStun);
    switch (judgeStun(await gather({ urls }, "srflx"))) {
      case "translated":
        return outcome("good", () => strings.trial.translated);
      case "plain":
        return outcome("good", () => strings.trial.plain);
      case "answered":
        return outcome("good", () => strings.trial.answered);
      case "silent":
        return outcome("bad", () => strings.trial.stunSilent);
      case "unsure":
        return outcome("unsure", () => strings.trial.stunUnsure);
    }
  }

  /** A server that does not answer may have relays all the same. */
  #noRelay(): Outcome {
    const isKnown = this.#config.peek() !== undefined;
    return outcome("unsure", () => (isKnown ? strings.trial.noRelay : strings.trial.noAnswer));
  }

  async #tryRelay(url: string): Promise<Outcome> {
    // Credentials end: those of this moment are tried.
    await this.#loadConfig();
    const server = relaysOf(this.#config.peek()).find(({ urls }) => urls === url);
    if (!server) return outcome("bad", () => strings.trial.noAnswer);
    const found = judgeRelay(await gather(server, "relay"));
    if (found !== "found") return outcome("bad", () => strings.trial[found]);
    const isOpen = await carries(server);
    return isOpen ? outcome("good", () => strings.trial.carries) : outcome("bad", () => strings.trial.carriesNothing);
  }

  async #loadConfig(): Promise<void> {
    const asked = ++this.#asked;
    const config = await fetchConfig(AbortSignal.timeout(serverPatience)).catch(() => undefined);
    if (asked !== this.#asked) return;
    this.#config.value = config;
    const addresses = relaysOf(config).map(({ urls }) => urls);
    // The steps of a server that does not answer for a moment stay what they are.
    if (config && addresses.join(" ") !== this.#addresses.peek().join(" ")) this.#addresses.value = addresses;
  }

  #sound(): AudioContext {
    this.#context ??= new AudioContext();
    return this.#context;
  }
}

const newStep = (id: string, name: () => string, run: () => Promise<Outcome>): Step => ({
  id,
  name,
  run,
  outcome: signal(nothing),
});

/** The ways to the TURN server that a server names, one address each. */
function relaysOf(config: ServerConfig | undefined): (RTCIceServer & { urls: string })[] {
  const servers = (config ? (rtcConfiguration(config).iceServers ?? []) : []).filter(
    ({ username }) => username !== undefined,
  );
  return servers.flatMap((server) => [server.urls].flat().map((urls) => ({ ...server, urls })));
}

/** A step for each way to the TURN server; one that says so where there is none. */
function relaySteps(
  addresses: readonly string[],
  none: () => Outcome,
  run: (url: string) => Promise<Outcome>,
): readonly Step[] {
  if (addresses.length === 0) {
    return [
      newStep(
        "turn",
        () => strings.trial.noTurn,
        () => Promise.resolve(none()),
      ),
    ];
  }
  return addresses.map((url, number) =>
    newStep(
      `turn-${number}`,
      () => strings.trial.turn(transportOf(url)),
      () => run(url),
    ),
  );
}

/** Words for an error. Those of browsers are left out, since they may quote an address. */
function troubleWith(error: unknown): string {
  if (error instanceof CaptureError) return strings.capture[error.source][error.problem];
  return error instanceof Error ? error.name : "";
}
