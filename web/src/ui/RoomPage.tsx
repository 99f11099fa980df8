// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { strings } from "../locale/strings.ts";
import type { Settings } from "../settings/store.ts";
import type { RoomState } from "../state/room-state.ts";
import { Controls } from "./Controls.tsx";
import { Footer } from "./Footer.tsx";
import type { Intents } from "../state/intents.ts";
import { ofCall } from "./later.tsx";
import { PanelSlot } from "./PanelSlot.tsx";
import { People } from "./People.tsx";

interface RoomPageProps {
  readonly state: RoomState;
  readonly intents: Intents;
  readonly settings: Settings;
}

/** Notices are rare: their code is loaded with the first click or with the first of them. */
const Notices = ofCall(async () => (await import("./Notices.tsx")).Notices);

const Reactions = ofCall(async () => (await import("./Reactions.tsx")).Reactions);

const Recorders = ofCall(async () => (await import("./RecordingMark.tsx")).Recorders);

/** The whole page of a room. */
export function RoomPage({ state, intents, settings }: RoomPageProps): JSX.Element {
  const { link, peers } = state.view.value;
  const isAlone = link === "joined" && peers.length === 0 && !state.isLeft.value;
  return (
    <>
      <main>
        <div class="title">
          <h1 dir="auto">{state.name || "keks-meet"}</h1>
          {!state.isLeft.value && (
            <>
              <PanelButton panel="invite" state={state} intents={intents} />
              <PanelButton panel="people" state={state} intents={intents} />
              {state.recorders.value.size > 0 && <Recorders state={state} />}
            </>
          )}
          <Status state={state} />
        </div>
        {state.notices.value.length > 0 && <Notices notices={state.notices.value} onDismiss={intents.dismiss} />}
        {state.isSoundBlocked.value && (
          <button type="button" class="primary" onClick={intents.hearEveryone}>
            {strings.hearEveryone}
          </button>
        )}
        {isAlone && <p class="alone">{strings.alone}</p>}
        {state.isLeft.value ? (
          <Left intents={intents} />
        ) : (
          <People state={state} intents={intents} settings={settings} />
        )}
      </main>
      {!state.isLeft.value && <PanelSlot state={state} intents={intents} settings={settings} />}
      {!state.isLeft.value && state.isReacting.value && <Reactions state={state} intents={intents} />}
      {!state.isLeft.value && <Controls state={state} intents={intents} />}
      <Footer />
    </>
  );
}

interface PanelButtonProps {
  readonly panel: "invite" | "people";
  readonly state: RoomState;
  readonly intents: Intents;
}

function PanelButton({ panel, state, intents }: PanelButtonProps): JSX.Element {
  return (
    <button type="button" aria-expanded={state.panel.value === panel} onClick={() => intents.togglePanel(panel)}>
      {strings[panel]}
    </button>
  );
}

/** The status: what happens, for everybody to see and for screen readers to say. */
function Status({ state }: { readonly state: RoomState }): JSX.Element {
  const { link, peers } = state.view.value;
  return (
    <div class="status" role="status" aria-atomic="false">
      {link === "reconnecting" && (
        <p class="lost">
          {strings.lostServer} {peers.length > 0 && strings.callGoesOn}
        </p>
      )}
      {state.announcements.value.map(({ number, text }) => (
        <p key={number} dir="auto">
          {text()}
        </p>
      ))}
    </div>
  );
}

function Left({ intents }: { readonly intents: Intents }): JSX.Element {
  const again = useRef<HTMLButtonElement>(null);
  // The button that was pressed is gone.
  useEffect(() => again.current?.focus(), []);
  return (
    <section class="left">
      <p>{strings.youLeft}</p>
      <button ref={again} type="button" class="primary" onClick={intents.joinAgain}>
        {strings.joinAgain}
      </button>
      <a href="./">{strings.toStart}</a>
    </section>
  );
}
