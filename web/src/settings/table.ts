// SPDX-License-Identifier: AGPL-3.0-only
/** The table of all settings in docs/settings.md. */

import { declaration, type Setting, settingKeys } from "./declaration.ts";
import { meanings } from "./meanings.ts";

export function settingsTable(): string {
  const rows = settingKeys.map((key) => {
    const setting: Setting = declaration[key];
    return `| \`${key}\` | ${setting.type} | ${shownDefault(setting)} | ${meanings[key]}${choices(setting)} |`;
  });
  return ["| name | type | default | meaning |", "| --- | --- | --- | --- |", ...rows, ""].join("\n");
}

function shownDefault(setting: Setting): string {
  if (setting.default !== undefined) return `\`${setting.default}\``;
  return ("shownDefault" in setting && setting.shownDefault) || "–";
}

function choices(setting: Setting): string {
  if (setting.type !== "string" || !setting.choices) return "";
  const or = new Intl.ListFormat("en", { type: "disjunction" });
  return `: ${or.format(setting.choices.map((choice) => `\`${choice}\``))}`;
}
