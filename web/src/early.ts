// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Loads code that is wanted sooner or later. Everybody asks the server for it, so it does not learn from that who
 * shares a microphone.
 */

export const loaded = Promise.allSettled([
  import("./state/trouble.ts"),
  import("./media/audio-graph.ts"),
  import("./ui/OwnResources.tsx"),
  import("./room/sealing.ts"),
]);
