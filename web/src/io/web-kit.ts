// SPDX-License-Identifier: AGPL-3.0-only

/** Whether this is Safari, or another browser of a phone or tablet of Apple's: some faults are its engine's alone. */
export const isWebKit = (): boolean => navigator.vendor.startsWith("Apple");
