// SPDX-License-Identifier: AGPL-3.0-only
/** Numbers, sizes and times in the reader's manner. */

const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** "1.5 MB": decimal units, as the unit names mean them. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const unit = units[power] ?? "byte";
  const digits = power === 0 ? 0 : 1;
  return new Intl.NumberFormat(undefined, {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: digits,
  }).format(bytes / 1000 ** power);
}

export const formatSpeed = (bytesPerSecond: number): string => `${formatBytes(bytesPerSecond)}/s`;

/** "2 min, 5 sec"; whole seconds. */
export function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const parts: [number, string][] = [
    [Math.floor(whole / 3600), "hour"],
    [Math.floor((whole % 3600) / 60), "minute"],
    [whole % 60, "second"],
  ];
  const used = parts.filter(([count]) => count > 0).slice(0, 2);
  const shown = used.length > 0 ? used : parts.slice(-1);
  return shown
    .map(([count, unit]) =>
      new Intl.NumberFormat(undefined, { style: "unit", unit, unitDisplay: "short" }).format(count),
    )
    .join(" ");
}

export const formatTime = (date: Date): string =>
  date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });

export const formatPercent = (part: number): string =>
  new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 }).format(part);
