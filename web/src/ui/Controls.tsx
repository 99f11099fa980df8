// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { strings } from "../locale/strings.ts";
import { Icon, type IconName } from "./Icon.tsx";
import type { Intents } from "./intents.ts";

interface Control {
  readonly icon: IconName;
  readonly name: string;
  readonly act: () => void;
}

/** The bar of everything that one can do in a room. */
export function Controls({ intents }: { readonly intents: Intents }): JSX.Element {
  const s = strings;
  const coming = (icon: IconName, name: string): Control => ({ icon, name, act: () => intents.explainComing(name) });
  const controls: readonly Control[] = [
    { icon: "leave", name: s.leave, act: () => intents.leave() },
    coming("chat", s.chat),
    coming("settings", s.settings),
    coming("rooms", s.knownRooms),
    { icon: "microphone", name: s.microphone, act: () => intents.share("microphone") },
    { icon: "camera", name: s.camera, act: () => intents.share("camera") },
    { icon: "screen", name: s.screen, act: () => intents.share("screen") },
    coming("file", s.file),
  ];
  return (
    <div class="controls" role="toolbar" aria-label={s.controls}>
      {controls.map(({ icon, name, act }) => (
        <button key={icon} type="button" class={icon} onClick={act}>
          <Icon name={icon} />
          <span>{name}</span>
        </button>
      ))}
    </div>
  );
}
