// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";

const microphone =
  "M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4zM6 11.5a6 6 0 0 0 12 0M12 17.5V21";

/** Paths of the icons of the bar: strokes on a 24 × 24 grid, drawn for this project. */
const paths = {
  leave: "M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9",
  chat: "M4 5h16v11H11l-4 4v-4H4z",
  settings: "M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4",
  rooms: "M4 20V10l8-6 8 6v10zM10 20v-6h4v6",
  microphone: `${microphone}M19 15v6M16 18h6`,
  heard: microphone,
  muted: `${microphone}M4 3l16 18`,
  camera: "M4 7h11v10H4zM15 11l5-3v8l-5-3",
  screen: "M3 5h18v11H3zM9 20h6M12 16v4",
  hand: "M7 13V6a1.3 1.3 0 0 1 2.6 0V11V4.300a1.3 1.3 0 0 1 2.6 0V11V5a1.3 1.3 0 0 1 2.6 0V12V7.500a1.3 1.3 0 0 1 2.6 0V14.500a6.5 6.5 0 0 1-6.5 6.500c-3 0-4.5-1.5-6-5l-1.3-3.200A1.3 1.3 0 0 1 6 11.600L7 13",
  react: "M12 3a9 9 0 1 0 .1 0M8.5 14a4.5 4.5 0 0 0 7 0M9 9v1M15 9v1",
  record: "M12 3a9 9 0 1 0 .1 0M12 8a4 4 0 1 0 .1 0",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
