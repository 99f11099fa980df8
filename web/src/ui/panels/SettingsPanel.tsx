// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { languageNames } from "../../locale/languages.ts";
import { enOfWays } from "../../locale/en-ways.ts";
import { addEnglish, strings } from "../../locale/strings.ts";
import {
  declaration,
  type Group,
  readValue,
  type Setting,
  type SettingKey,
  settingKeys,
} from "../../settings/declaration.ts";
import type { Settings } from "../../settings/store.ts";
import { canChooseSpeaker, type DeviceKind } from "../../media/devices.ts";
import { deviceName } from "../../state/devices.ts";
import { canAskForNotifications } from "../../state/notifications.ts";
import type { Panel, RoomState } from "../../state/room-state.ts";
import type { PanelProps } from "./panels.tsx";

addEnglish(enOfWays);

type ShownGroup = Exclude<Group, "internal">;
type ShownKey = keyof typeof strings.settingNames;

const groups: readonly ShownGroup[] = ["you", "streams", "sound", "picture", "notifications", "keys"];

/** Every setting that is not internal, as the declaration has it. */
export function SettingsPanel({ settings, state, intents }: PanelProps): JSX.Element {
  // A second press does not close again what the first one opened.
  const show = (panel: Panel): void => {
    if (state.panel.peek() !== panel) intents.togglePanel(panel);
  };
  return (
    <div class="settings">
      {groups.map((group) => (
        <fieldset key={group}>
          <legend>{strings.groups[group]}</legend>
          {group === "notifications" && <AllowNotifications />}
          {settingKeys
            .filter((key): key is ShownKey & SettingKey => declaration[key].group === group)
            .filter((key) => key !== "speaker_device" || canChooseSpeaker())
            .map((key) => (
              <Row key={key} settingKey={key} settings={settings} state={state} />
            ))}
        </fieldset>
      ))}
      <p class="row">
        <button type="button" onClick={() => show("keys")}>
          {strings.showKeys}
        </button>
        <button type="button" onClick={() => show("log")}>
          {strings.showLog}
        </button>
        <ResetAll settings={settings} />
      </p>
      <p>
        {/* Beside the room, which goes on. */}
        <a href="test" target="_blank" rel="noreferrer">
          {strings.testConnection}
        </a>
      </p>
    </div>
  );
}

/** The button that resets all settings. It asks once more, as there is no way back. */
function ResetAll({ settings }: { readonly settings: Settings }): JSX.Element | null {
  const [isAsked, setIsAsked] = useState(false);
  if (!settingKeys.some((key) => declaration[key].group !== "internal" && settings.isChanged(key))) return null;
  const pressed = (): void => {
    if (isAsked) settings.resetAll();
    setIsAsked(!isAsked);
  };
  return (
    <button type="button" onClick={pressed} onBlur={() => setIsAsked(false)}>
      {isAsked ? strings.resetAllSurely : strings.resetAll}
    </button>
  );
}

function AllowNotifications(): JSX.Element | null {
  const [isAsked, setIsAsked] = useState(!canAskForNotifications());
  if (isAsked) return null;
  return (
    <button type="button" onClick={() => void Notification.requestPermission().then(() => setIsAsked(true))}>
      {strings.allowNotifications}
    </button>
  );
}

interface RowProps {
  readonly settingKey: ShownKey & SettingKey;
  readonly settings: Settings;
  readonly state: RoomState;
}

function Row({ settingKey: key, settings, state }: RowProps): JSX.Element {
  const name = strings.settingNames[key];
  return (
    <div class="setting">
      <label for={`setting-${key}`}>{name}</label>
      <Control id={`setting-${key}`} settingKey={key} settings={settings} state={state} />
      {settings.isChanged(key) && (
        <button type="button" aria-label={strings.resetOf(name)} onClick={() => settings.reset(key)}>
          {strings.reset}
        </button>
      )}
      {key === "hide_address" && <Hiding settings={settings} state={state} />}
    </div>
  );
}

/** What hiding the own address means here, once it is hidden. */
function Hiding({ settings, state }: Omit<RowProps, "settingKey">): JSX.Element {
  const words = state.hasRelay.value === false ? strings.hidingFromAll : strings.hiding;
  return (
    <p class="hint" aria-live="polite">
      {settings.get("hide_address") === true && words}
    </p>
  );
}

interface ControlProps extends RowProps {
  readonly id: string;
}

function Control(props: ControlProps): JSX.Element {
  const { id, settingKey: key, settings } = props;
  const setting: Setting = declaration[key];
  if (setting.type === "boolean" && setting.default !== undefined) {
    const changed = ({ currentTarget }: { currentTarget: HTMLInputElement }): void =>
      settings.set(key, currentTarget.checked);
    return <input id={id} type="checkbox" checked={settings.get(key) === true} onChange={changed} />;
  }
  if (setting.type === "string" && setting.devices) return <DeviceChoice {...props} kind={setting.devices} />;
  if (setting.type === "boolean") return <Choice {...props} setting={setting} choices={["true", "false"]} />;
  if (setting.type === "string" && setting.choices) {
    return <Choice {...props} setting={setting} choices={setting.choices} />;
  }
  return <Entry {...props} setting={setting} />;
}

function DeviceChoice({
  id,
  settingKey: key,
  settings,
  state,
  kind,
}: ControlProps & { readonly kind: DeviceKind }): JSX.Element {
  const devices = state.devices.value.filter((device) => device.kind === kind);
  const changed = ({ currentTarget }: { currentTarget: HTMLSelectElement }): void =>
    settings.set(key, currentTarget.value || undefined);
  const chosen = written(settings.get(key));
  const isListed = chosen === "" || devices.some((device) => device.id === chosen);
  return (
    <select id={id} value={chosen} onChange={changed}>
      <option value="">{strings.browserChoice}</option>
      {/* Browsers list no devices before one is used. */}
      {!isListed && <option value={chosen}>{strings.chosenBefore}</option>}
      {devices.map((device, at) => (
        <option key={device.id} value={device.id}>
          {deviceName(device, at)}
        </option>
      ))}
    </select>
  );
}

interface ChoiceProps extends ControlProps {
  readonly setting: Setting;
  readonly choices: readonly string[];
}

function Choice({ id, settingKey: key, settings, setting, choices }: ChoiceProps): JSX.Element {
  const isOfSystem = setting.type === "string" && setting.shownDefault === "system";
  const changed = ({ currentTarget }: { currentTarget: HTMLSelectElement }): void =>
    settings.set(key, readValue(setting, currentTarget.value));
  return (
    <select id={id} value={written(settings.get(key))} onChange={changed}>
      {setting.default === undefined && (
        <option value="">{isOfSystem ? strings.systemChoice : strings.browserChoice}</option>
      )}
      {choices.map((choice) => (
        <option key={choice} value={choice} {...(key === "language" ? { lang: choice } : {})}>
          {choiceName(choice)}
        </option>
      ))}
    </select>
  );
}

/** An entry for text or a number. What does not fit is taken back. */
function Entry({ id, settingKey: key, settings, setting }: ControlProps & { readonly setting: Setting }): JSX.Element {
  const value = written(settings.get(key));
  const changed = ({ currentTarget }: { currentTarget: HTMLInputElement }): void => {
    const { value: text } = currentTarget;
    const read = text === "" ? undefined : readValue(setting, text);
    if (text === "" || read !== undefined) settings.set(key, read);
    else currentTarget.value = written(settings.get(key));
  };
  if (setting.type !== "number") return <input id={id} type="text" value={value} onChange={changed} />;
  const { min, max, step = 1 } = setting;
  return <input id={id} type="number" min={min} max={max} step={step} value={value} onChange={changed} />;
}

const written = (value: boolean | number | string | undefined): string => (value === undefined ? "" : String(value));

function choiceName(choice: string): string {
  if (choice === "true") return strings.on;
  if (choice === "false") return strings.off;
  return new Map(Object.entries({ ...languageNames, ...strings.choices })).get(choice) ?? choice;
}
