// SPDX-License-Identifier: AGPL-3.0-only
/** The view of one's own streams and files: loaded with the first of them. */

import type { JSX } from "preact";
import { useId } from "preact/hooks";
import type { PeerKey } from "../core/events.ts";
import type { ResourceInfo } from "../core/relay-messages.ts";
import type { OwnFile } from "../files/own-files.ts";
import type { Transfer } from "../files/transfers.ts";
import { enOfMedia } from "../locale/en-media.ts";
import { formatBytes } from "../locale/format.ts";
import { fileLabel, streamLabel } from "../locale/labels.ts";
import { addEnglish, strings } from "../locale/strings.ts";
import type { OwnStream } from "../media/own-streams.ts";
import type { Intents } from "../state/intents.ts";
import { Icon } from "./Icon.tsx";
import { Player } from "./Player.tsx";
import { StreamButton } from "./StreamButton.tsx";
import { TransferBar } from "./TransferBar.tsx";

addEnglish(enOfMedia);

/** The picture of one's own camera or screen. */
export function OwnPicture({ own, intents }: { readonly own: OwnStream; readonly intents: Intents }): JSX.Element {
  return (
    <Player
      stream={own.stream}
      kind="video"
      label={streamLabel(own.info)}
      isOwn
      isMirrored={own.source === "camera" && facingOf(own) !== "environment"}
      onBlocked={intents.soundBlocked}
    />
  );
}

export interface OwnResourcesProps {
  readonly streams: readonly OwnStream[];
  readonly files: readonly OwnFile[];
  readonly transfers: readonly Transfer[];
  /** The words for a peer within a sentence. */
  readonly wordsFor: (peer: PeerKey) => string;
  /** Whether a phone's other camera can be asked for, of the newest stream: no camera was chosen by name. */
  readonly canFlip: boolean;
  readonly intents: Intents;
}

/** The items of a list: streams, then files. */
export function OwnResources({
  streams,
  files,
  transfers,
  wordsFor,
  canFlip,
  intents,
}: OwnResourcesProps): JSX.Element {
  const newestCamera = streams.findLast(({ source }) => source === "camera");
  return (
    <>
      {streams.map((own) => (
        <OwnResource key={own.info.id} own={own} canFlip={canFlip && own === newestCamera} intents={intents} />
      ))}
      {files.map(({ info }) => (
        <OwnFileItem
          key={info.id}
          info={info}
          transfers={transfers.filter(({ id, direction }) => id === info.id && direction === "out")}
          wordsFor={wordsFor}
          intents={intents}
        />
      ))}
    </>
  );
}

interface OwnFileProps {
  readonly info: ResourceInfo;
  readonly transfers: readonly Transfer[];
  /** The words for a peer within a sentence. */
  readonly wordsFor: (peer: PeerKey) => string;
  readonly intents: Intents;
}

/** A file on offer, with how far each receiver is. */
function OwnFileItem({ info, transfers, wordsFor, intents }: OwnFileProps): JSX.Element {
  const labelId = useId();
  return (
    <li class="file-item">
      <bdi id={labelId} class="label">
        {fileLabel(info)}
      </bdi>
      <span class="hint">{formatBytes(info.size ?? 0)}</span>
      <StreamButton
        icon="file"
        addition="stop"
        words={strings.stopSharing}
        label={fileLabel(info)}
        labelId={labelId}
        onPress={() => intents.stopSharing(info.id)}
      />
      {transfers.map((transfer) => (
        <span key={transfer.peer} class="receiver">
          <span class="hint">{strings.sendingTo(wordsFor(transfer.peer))}</span>
          <TransferBar transfer={transfer} label={`${fileLabel(info)} ${strings.sendingTo(wordsFor(transfer.peer))}`} />
        </span>
      ))}
    </li>
  );
}

/** The way that a camera looks now. Cameras of phones say it; others do not. */
function facingOf({ stream }: OwnStream): string | undefined {
  // The stream stays the same when another camera gives its pictures.
  return stream.getVideoTracks()[0]?.getSettings().facingMode;
}

interface OwnResourceProps {
  readonly own: OwnStream;
  readonly canFlip: boolean;
  readonly intents: Intents;
}

function OwnResource(props: OwnResourceProps): JSX.Element {
  const { info, source, muted, silenced } = props.own;
  const labelId = useId();
  return (
    <li class={silenced || muted ? "" : source === "microphone" ? "often" : "quiet"}>
      <span id={labelId} class="label">
        {streamLabel(info)}
      </span>
      {muted && <span class="hint">{strings.muted}</span>}
      {silenced && <Silenced />}
      <OwnButtons {...props} labelId={labelId} />
    </li>
  );
}

/** What can be done with an own stream. */
function OwnButtons({ own, canFlip, intents, labelId }: OwnResourceProps & { readonly labelId: string }): JSX.Element {
  const { info, source, muted } = own;
  const facing = canFlip && facingOf(own);
  const of = { label: streamLabel(info), labelId };
  return (
    <>
      {source === "microphone" && (
        <StreamButton
          {...of}
          icon={muted ? "muted" : "heard"}
          words={muted ? strings.unmute : strings.mute}
          onPress={() => intents.setMuted(info.id, !muted)}
        />
      )}
      {facing && (
        <StreamButton
          {...of}
          addition="flip"
          words={strings.flipCamera}
          onPress={() => intents.flipCamera(facingOf(own) ?? facing)}
        />
      )}
      <StreamButton
        {...of}
        icon={source === "microphone" ? "heard" : source}
        addition="stop"
        words={strings.stopSharing}
        onPress={() => intents.stopSharing(info.id)}
      />
    </>
  );
}

/** Says that the device or the system lets nothing be heard. */
function Silenced(): JSX.Element {
  return (
    <span class="hint silenced" title={strings.silenced}>
      <span class="sign">
        <Icon name="muted" />
      </span>
      <span class="word">{strings.silenced}</span>
    </span>
  );
}
