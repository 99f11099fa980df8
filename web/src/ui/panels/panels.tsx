// SPDX-License-Identifier: AGPL-3.0-only
import type { FunctionComponent, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { isOfInputMethod } from "../../core/shortcuts.ts";
import { loadStyle } from "../../io/styles.ts";
import { enOfPanels } from "../../locale/en-panels.ts";
import { enOfTrouble } from "../../locale/en-trouble.ts";
import { addEnglish, strings } from "../../locale/strings.ts";
import type { Settings } from "../../settings/store.ts";
// The code of what is said is here, so that it can be said without the server, too.
import "../../state/acts.ts";
import { isTextField } from "../../state/keyboard.ts";
import type { Panel, RoomState } from "../../state/room-state.ts";
import type { Intents } from "../../state/intents.ts";
import { ChatPanel } from "./ChatPanel.tsx";
import { InvitePanel } from "./InvitePanel.tsx";
import { KeysPanel } from "./KeysPanel.tsx";
import { LogPanel } from "./LogPanel.tsx";
import { PeoplePanel } from "./PeoplePanel.tsx";
import { RecordPanel } from "./RecordPanel.tsx";
import { RoomsPanel } from "./RoomsPanel.tsx";
import { SettingsPanel } from "./SettingsPanel.tsx";

addEnglish({ ...enOfPanels, ...enOfTrouble });

export interface PanelProps {
  readonly state: RoomState;
  readonly intents: Intents;
  readonly settings: Settings;
}

type Title = "chat" | "settings" | "knownRooms" | "people" | "invite" | "log" | "keys" | "record";

const panels: Readonly<Record<Panel, { readonly title: Title; readonly Content: FunctionComponent<PanelProps> }>> = {
  chat: { title: "chat", Content: ChatPanel },
  settings: { title: "settings", Content: SettingsPanel },
  rooms: { title: "knownRooms", Content: RoomsPanel },
  people: { title: "people", Content: PeoplePanel },
  invite: { title: "invite", Content: InvitePanel },
  log: { title: "log", Content: LogPanel },
  keys: { title: "keys", Content: KeysPanel },
  record: { title: "record", Content: RecordPanel },
};

/** Has the panels' style sheet in place. Rejects when it cannot be loaded. */
export const loadPanelStyle = (): Promise<unknown> => loadStyle(PANELS_STYLE);

/** The time after which a panel that opens is no longer expected, in milliseconds. */
const late = 5_000;

/** The open panel: takes the focus when it opens, gives it back when it closes. */
export function OpenPanel(props: PanelProps): JSX.Element | null {
  const section = useRef<HTMLElement>(null);
  const { state } = props;
  const panel = state.panel.value;
  useLayoutEffect(() => {
    const before = document.activeElement;
    const find = (selector: string): HTMLElement | null | undefined => section.current?.querySelector(selector);
    // Who has waited long for the panel may be typing elsewhere by now.
    const isLate = performance.now() - state.panelToggled > late;
    if (!isLate || !isTextField(before)) (find("[data-first]") ?? find("h2"))?.focus();
    return () => {
      // This waits until the panel is gone, which may hide what is to have the focus. Another panel takes it itself.
      queueMicrotask(() => {
        if (!state.panel.peek() && before instanceof HTMLElement && before.isConnected) before.focus();
      });
    };
  }, []);
  if (!panel) return null;
  const { Content } = panels[panel];
  const title = strings[panels[panel].title];
  // A panel that is closed, and only still drawn, is not opened again.
  const close = (): void => {
    if (state.panel.peek() === panel) props.intents.togglePanel(panel);
  };
  return (
    <section
      ref={section}
      class={`panel ${panel}-panel`}
      aria-label={title}
      // While words are composed, Escape ends that.
      onKeyDown={(event) => event.key === "Escape" && !isOfInputMethod(event) && close()}
    >
      <header>
        <h2 tabIndex={-1}>{title}</h2>
        <button type="button" onClick={close}>
          {strings.close}
        </button>
      </header>
      <Content {...props} />
    </section>
  );
}
