// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { enOfPanels } from "../locale/en-panels.ts";
import { enOfTrial } from "../locale/en-trial.ts";
import { enOfTrouble } from "../locale/en-trouble.ts";
import { enOfWays } from "../locale/en-ways.ts";
import { addEnglish, strings } from "../locale/strings.ts";
import type { ConnectionTest, Step, TrialState } from "../state/connection-test.ts";
import { Footer } from "./Footer.tsx";
import { CopyButton } from "./panels/CopyButton.tsx";

addEnglish({ ...enOfPanels, ...enOfTrial, ...enOfTrouble, ...enOfWays });

interface TestProps {
  readonly test: ConnectionTest;
}

/** The page that tries what a call needs. */
export function TestPage({ test }: TestProps): JSX.Element {
  return (
    <>
      <main class="trial">
        <h1>{strings.testConnection}</h1>
        <p>{strings.trial.intro}</p>
        <p class="row">
          <button
            type="button"
            class="primary"
            aria-disabled={test.isRunning.value}
            onClick={() => !test.isRunning.peek() && void test.runAll()}
          >
            {strings.trial.start}
          </button>
        </p>
        <ol class="steps">
          {test.steps.value.map((step) => (
            <TestStep key={step.id} step={step} test={test} />
          ))}
        </ol>
        <p class="row">
          <CopyButton text={test.report()} name={strings.trial.copyReport} />
        </p>
        <p class="hint">{strings.trial.reportHint}</p>
        <p role="status" class="hidden">
          {test.news.value()}
        </p>
      </main>
      <Footer />
    </>
  );
}

/** States by their shape, beside the words for them. */
const shapes: Readonly<Record<TrialState, string>> = {
  waiting: "○",
  running: "…",
  asking: "?",
  good: "✓",
  unsure: "?",
  bad: "✗",
};

function TestStep({ step, test }: TestProps & { readonly step: Step }): JSX.Element {
  const { state, text } = step.outcome.value;
  const isBusy = state === "running" || test.isRunning.value;
  return (
    <li class={`step ${state}`}>
      <span class="shape" aria-hidden="true">
        {shapes[state]}
      </span>
      <div>
        <h2 id={`step-${step.id}`}>
          {step.name()} <span class="word">{strings.trial.states[state]}</span>
        </h2>
        {text() && <p>{text()}</p>}
        <Shown step={step} test={test} />
      </div>
      <button type="button" aria-disabled={isBusy} onClick={() => !isBusy && void test.run(step)}>
        {step.name()}
      </button>
    </li>
  );
}

/** What a step has to show, or to ask. */
function Shown({ step: { id, outcome }, test }: TestProps & { readonly step: Step }): JSX.Element | null {
  if (id === "camera") return <Picture test={test} />;
  if (id === "microphone") return <Meter test={test} />;
  if (id !== "speaker" || outcome.value.state !== "asking") return null;
  return (
    <p class="row">
      <button type="button" onClick={() => test.answer(true)}>
        {strings.trial.heard}
      </button>
      <button type="button" onClick={() => test.answer(false)}>
        {strings.trial.notHeard}
      </button>
    </p>
  );
}

function Picture({ test }: TestProps): JSX.Element | null {
  const stream = test.picture.value;
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream ?? null;
  }, [stream]);
  if (!stream) return null;
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- the person's own picture, without sound */}
      <video ref={video} aria-label={strings.camera} autoplay muted playsInline />
      <button type="button" onClick={() => test.switchOff("picture")}>
        {strings.trial.switchOff}
      </button>
    </>
  );
}

function Meter({ test }: TestProps): JSX.Element | null {
  if (!test.sound.value) return null;
  const percent = Math.round(test.loudness.value * 100);
  return (
    <>
      <meter aria-label={strings.trial.loudness} aria-valuetext={`${percent} %`} min={0} max={100} value={percent} />
      <button type="button" onClick={() => test.hush()}>
        {strings.trial.switchOff}
      </button>
    </>
  );
}
