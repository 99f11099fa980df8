// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Loads what is wanted sooner or later. The server is asked for it by everybody, so it does not learn from that who
 * shares a microphone.
 */

export const loaded = Promise.allSettled([
  import("./state/trouble.ts"),
  import("./media/audio-graph.ts"),
  import("./ui/OwnResources.tsx"),
]);
