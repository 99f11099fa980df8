// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The values of the settings: what the link says for this page load, else what is stored, else the default. Each is a
 * signal, so that a change acts at once.
 */

import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import {
  declaration,
  fits,
  isSettingKey,
  readValue,
  type SettingKey,
  settingKeys,
  type SettingValue,
  type Setting,
} from "./declaration.ts";

type Value = boolean | number | string | undefined;

/** What a link asks for and does not get at once. */
export interface LinkOutcome {
  /** Names of settings with a value that does not fit, or that do not exist. */
  readonly wrong: readonly string[];
  /** Captures that the person has to be asked about. */
  readonly captures: readonly SettingKey[];
}

export class Settings {
  readonly #storage: Storage | undefined;
  readonly #signals = new Map<SettingKey, Signal<Value>>();
  /** What is different from the default, and kept. */
  readonly #stored = new Map<SettingKey, Value>();

  /** @param storage localStorage; without one nothing is kept */
  constructor(storage: Storage | undefined) {
    this.#storage = storage;
    for (const key of settingKeys) {
      const kept = readStored(storage, key);
      if (kept !== undefined) this.#stored.set(key, kept);
      this.#signals.set(key, signal(kept ?? declaration[key].default));
    }
  }

  /** Reading it in a component or an effect follows its changes. */
  get<K extends SettingKey>(key: K): SettingValue<K> {
    return this.signal(key).value;
  }

  signal<K extends SettingKey>(key: K): ReadonlySignal<SettingValue<K>> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only values that fit the declaration come in
    return this.#signals.get(key) as Signal<SettingValue<K>>;
  }

  /** What holds without the link: what lists are edited on. */
  kept<K extends SettingKey>(key: K): SettingValue<K> {
    // Reading the signal follows changes.
    void this.signal(key).value;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only values that fit the declaration are stored
    return (this.#stored.get(key) ?? declaration[key].default) as SettingValue<K>;
  }

  isChanged(key: SettingKey): boolean {
    return this.get(key) !== declaration[key].default;
  }

  /** Keeps a value, from now on. Undefined goes back to the default. @throws TypeError when it does not fit */
  set(key: SettingKey, value: unknown): void {
    if (value !== undefined && !fits(declaration[key], value)) throw new TypeError(`${key} cannot be ${String(value)}`);
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

  /** Takes the values of a link for this page load; those of an earlier link are over. */
  takeFromLink(parameters: ReadonlyMap<string, string>): LinkOutcome {
    const wrong: string[] = [];
    const captures: SettingKey[] = [];
    batch(() => {
      for (const key of settingKeys) this.#show(key, this.#stored.get(key) ?? declaration[key].default);
      for (const [key, written] of parameters) {
        const value = isSettingKey(key) ? readValue(declaration[key], written) : undefined;
        if (!isSettingKey(key) || value === undefined) wrong.push(key);
        else if ("isCapture" in declaration[key] && value === true && this.get(key) !== true) captures.push(key);
        else if (guardedValue(key) === undefined || value === guardedValue(key)) this.#show(key, value);
      }
    });
    return { wrong, captures };
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
    }
  }
}

/** The only value that a link may set, where there is one. */
function guardedValue(key: SettingKey): boolean | undefined {
  const setting: Setting = declaration[key];
  return setting.guarded;
}

function readStored(storage: Storage | undefined, key: SettingKey): boolean | number | string | undefined {
  try {
    const value: unknown = JSON.parse(storage?.getItem(key) ?? "null");
    return fits(declaration[key], value) ? value : undefined;
  } catch {
    return undefined;
  }
}
