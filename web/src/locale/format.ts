// SPDX-License-Identifier: AGPL-3.0-only
/** Numbers, sizes and times in the reader's manner. */

import { signal } from "@preact/signals";

/** The locale of the page: the language of the words, and the reader's region. */
export const locale = signal("en");

const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

export const formatNumber = (value: number, options: Intl.NumberFormatOptions = {}): string =>
  new Intl.NumberFormat(locale.value, options).format(value);

const formatUnit = (value: number, unit: string, maximumFractionDigits = 0): string =>
  // The short form of bytes has no plural in English.
  formatNumber(value, { style: "unit", unit, unitDisplay: unit === "byte" ? "long" : "short", maximumFractionDigits });

/**
 * A size, such as "1.5 MB", in decimal units, as the unit names mean them.
 * @param per what follows the unit, as Intl has it
 */
export function formatBytes(bytes: number, per = ""): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  return formatUnit(bytes / 1000 ** power, `${units[power] ?? "byte"}${per}`, power === 0 ? 0 : 1);
}

/** A speed, such as "1.5 MB/s". */
export const formatSpeed = (bytesPerSecond: number): string => formatBytes(bytesPerSecond, "-per-second");

/** A short time, such as "20 ms". */
export const formatMilliseconds = (ms: number): string => formatUnit(ms, "millisecond");

/** A duration in whole seconds, such as "2 min, 5 sec". */
export function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const parts: [number, string][] = [
    [Math.floor(whole / 3600), "hour"],
    [Math.floor((whole % 3600) / 60), "minute"],
    [whole % 60, "second"],
  ];
  const used = parts.filter(([count]) => count > 0).slice(0, 2);
  const shown = used.length > 0 ? used : parts.slice(-1);
  const list = new Intl.ListFormat(locale.value, { type: "unit", style: "short" });
  return list.format(shown.map(([count, unit]) => formatUnit(count, unit)));
}

export const formatTime = (date: Date): string =>
  date.toLocaleTimeString(locale.value, { hour: "2-digit", minute: "2-digit" });

/** A time with its date. */
export const formatMoment = (date: Date): string =>
  date.toLocaleString(locale.value, { dateStyle: "long", timeStyle: "short" });

/** @param day as ISO 8601 has it */
export const formatDay = (day: string): string =>
  new Date(day).toLocaleDateString(locale.value, { dateStyle: "long", timeZone: "UTC" });

export const formatPercent = (part: number): string =>
  formatNumber(part, { style: "percent", maximumFractionDigits: 1 });
