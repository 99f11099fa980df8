// SPDX-License-Identifier: AGPL-3.0-only
/** What a person can ask for; components get these and nothing else to act with. */

import type { PeerKey } from "../core/events.ts";
import type { ResourceInfo } from "../core/relay-messages.ts";
import type { Source } from "../media/capture.ts";
import type { Notice, Panel } from "../state/room-state.ts";

export interface Intents {
  readonly share: (source: Source) => void;
  readonly stopSharing: (id: string) => void;
  readonly stopStreams: () => void;
  readonly setMuted: (id: string, muted: boolean) => void;
  readonly setAllMuted: (muted: boolean) => void;
  /** @param facing which way the camera looks now */
  readonly flipCamera: (facing: string) => void;
  readonly want: (peer: PeerKey, id: string, wanted: boolean) => void;
  readonly offerFiles: (files: readonly File[]) => void;
  /** Onto the chat an image is said; anywhere else files are offered, and folders as the files in them. */
  readonly drop: (files: readonly File[], entries: readonly FileSystemEntry[], isChat: boolean) => void;
  readonly download: (peer: PeerKey, resource: ResourceInfo) => void;
  readonly abortDownload: (peer: PeerKey, id: string) => void;
  /** Says what is written in the draft. */
  readonly sendText: () => void;
  readonly sendImage: (file: Blob) => void;
  /** @param picture the key of its stream */
  readonly togglePin: (picture: string) => void;
  readonly pinNext: () => void;
  readonly togglePanel: (panel: Panel) => void;
  readonly leave: () => void;
  readonly joinAgain: () => void;
  readonly dismiss: (notice: Notice) => void;
  readonly soundBlocked: () => void;
  readonly hearEveryone: () => void;
}
