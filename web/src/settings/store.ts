// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The values of the settings: what the link says for this page load, else what is stored, else the default. Each is a
 * signal, so that a change acts at once.
 */

import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
  adapt,
  declaration,
  fits,
  isSettingKey,
  type Preferences,
  readValue,
  type SettingKey,
  settingKeys,
  type SettingValue,
  type Setting,
} from "./declaration.ts";

type Value = boolean | number | string | undefined;

/** The wishes of a link that are not granted at once. */
export interface LinkOutcome {
  /** Names of settings with a value that does not fit, or that do not exist. */
  readonly wrong: readonly string[];
  /** Captures that the person has to be asked about. */
  readonly captures: readonly SettingKey[];
}

export class Settings {
  readonly #storage: Storage | undefined;
  /** Whether all that was set is in the storage. */
  #isStored: boolean;
  readonly #signals = new Map<SettingKey, Signal<Value>>();
  /** The stored values, which are different from the default. */
  readonly #stored = new Map<SettingKey, Value>();
  /** The settings that the link set, and nobody has changed since. */
  readonly #ofLink = new Set<SettingKey>();

  /** @param storage localStorage; without one nothing is kept */
  constructor(storage: Storage | undefined) {
    this.#storage = storage;
    this.#isStored = storage !== undefined;
    for (const key of settingKeys) this.#signals.set(key, signal(this.#read(key)));
  }

  /** Takes over what other tabs keep, from now on. */
  follow(page: EventTarget): void {
    page.addEventListener("storage", (event) => {
      const key = "key" in event ? event.key : null;
      batch(() => {
        for (const each of settingKeys) if (key === null || key === each) this.#refresh(each);
      });
    });
  }

  /** The value of a setting. A component or an effect that reads it follows its changes. */
  get<K extends SettingKey>(key: K): SettingValue<K> {
    return this.signal(key).value;
  }

  signal<K extends SettingKey>(key: K): ReadonlySignal<SettingValue<K>> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only values that fit the declaration come in
    return this.#signals.get(key) as Signal<SettingValue<K>>;
  }

  /** The values of all settings now. Reading them in an effect follows every change. */
  preferences(): Preferences {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- there is a signal of its type for each setting
    return Object.fromEntries(settingKeys.map((key) => [key, this.get(key)])) as Preferences;
  }

  /** The value that holds without the link. */
  kept<K extends SettingKey>(key: K): SettingValue<K> {
    // Reading the signal follows changes.
    void this.signal(key).value;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only values that fit the declaration are stored
    return (this.#stored.get(key) ?? declaration[key].default) as SettingValue<K>;
  }

  isChanged(key: SettingKey): boolean {
    return this.get(key) !== declaration[key].default;
  }

  /** Changes the stored value, on top of what other tabs may have made of it. */
  change<K extends SettingKey>(key: K, made: (kept: SettingValue<K>) => SettingValue<K>): void {
    this.#refresh(key);
    this.set(key, made(this.kept(key)));
  }

  /** Keeps a value, from now on. Undefined goes back to the default. @throws TypeError when it does not fit */
  set(key: SettingKey, given: unknown): void {
    const value = adapt(key, given);
    if (value !== undefined && !fits(declaration[key], value)) throw new TypeError(`${key} cannot be ${String(given)}`);
    this.#ofLink.delete(key);
    if (value === undefined) {
      this.#stored.delete(key);
      this.#keep(key, undefined);
    } else {
      this.#stored.set(key, value);
      this.#keep(key, JSON.stringify(value));
    }
    this.#show(key, value ?? declaration[key].default);
  }

  reset(key: SettingKey): void {
    this.set(key, undefined);
  }

  /** Puts every setting that the panel shows back to its default; known rooms stay. */
  resetAll(): void {
    batch(() => {
      for (const key of settingKeys) if (declaration[key].group !== "internal") this.reset(key);
    });
  }

  /** Takes the values of a link for this page load; the values of an earlier link are over. */
  takeFromLink(parameters: ReadonlyMap<string, string>): LinkOutcome {
    const wrong: string[] = [];
    const captures: SettingKey[] = [];
    this.#ofLink.clear();
    batch(() => {
      for (const key of settingKeys) this.#show(key, this.#stored.get(key) ?? declaration[key].default);
      for (const [key, written] of parameters) {
        const value = isSettingKey(key) ? readOfLink(key, written) : undefined;
        if (!isSettingKey(key) || !value || "isPersonal" in declaration[key]) wrong.push(key);
        else if ("isCapture" in declaration[key] && value.of === true && this.get(key) !== true) captures.push(key);
        else if (guardedValue(key) === undefined || value.of === guardedValue(key)) this.#showOfLink(key, value.of);
      }
    });
    return { wrong, captures };
  }

  /** @returns the value that holds by what is stored */
  #read(key: SettingKey): Value {
    const kept = readStored(this.#storage, key);
    if (kept === undefined) this.#stored.delete(key);
    else this.#stored.set(key, kept);
    return kept ?? declaration[key].default;
  }

  #refresh(key: SettingKey): void {
    // A value that could not be stored is kept here alone.
    if (!this.#isStored) return;
    const value = this.#read(key);
    if (!this.#ofLink.has(key)) this.#show(key, value);
  }

  #showOfLink(key: SettingKey, value: Value): void {
    this.#ofLink.add(key);
    this.#show(key, value);
  }

  #show(key: SettingKey, value: Value): void {
    const shown = this.#signals.get(key);
    if (shown) shown.value = value;
  }

  #keep(key: SettingKey, json: string | undefined): void {
    try {
      if (json === undefined) this.#storage?.removeItem(key);
      else this.#storage?.setItem(key, json);
    } catch {
      // A full or forbidden storage: the value holds for this page load.
      this.#isStored = false;
    }
  }
}

/** The only value that a link may set, where there is one. */
function guardedValue(key: SettingKey): boolean | undefined {
  const setting: Setting = declaration[key];
  return setting.guarded;
}

/** @returns undefined when the value does not fit; the value may be the system's choice, which has none */
function readOfLink(key: SettingKey, written: string): { readonly of: Value } | undefined {
  const adapted = adapt(key, written);
  if (adapted === undefined) return { of: undefined };
  const value = readValue(declaration[key], String(adapted));
  return value === undefined ? undefined : { of: value };
}

function readStored(storage: Storage | undefined, key: SettingKey): boolean | number | string | undefined {
  try {
    const value = adapt(key, JSON.parse(storage?.getItem(key) ?? "null"));
    return fits(declaration[key], value) ? value : undefined;
  } catch {
    return undefined;
  }
}
