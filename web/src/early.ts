// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Loads code that is wanted sooner or later. Everybody asks the server for it, so it does not learn from that who
 * shares a microphone.
 */

import { loadStyle } from "./io/styles.ts";

export const loaded = Promise.allSettled([
  loadStyle(CALL_STYLE),
  import("./state/trouble.ts"),
  import("./media/audio-graph.ts"),
  import("./ui/Mover.tsx"),
  import("./ui/NameField.tsx"),
  import("./ui/Notices.tsx"),
  import("./ui/OwnResources.tsx"),
  import("./ui/Pictures.tsx"),
  import("./room/sealing.ts"),
]);
