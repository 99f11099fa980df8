// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { writeFragment } from "../../core/secret.ts";
import { strings } from "../../locale/strings.ts";
import { CopyButton } from "./CopyButton.tsx";
import type { PanelProps } from "./panels.tsx";
import { QrCode } from "./QrCode.tsx";

export function InvitePanel({ state }: PanelProps): JSX.Element {
  // The link has only the room: what else the address says is one's own.
  const link = `${location.origin}${location.pathname}#${writeFragment(state.secret)}`;
  return (
    <div class="invite">
      <p>{strings.inviteIntro}</p>
      <label>
        {strings.link}
        <input type="text" readOnly value={link} onFocus={({ currentTarget }) => currentTarget.select()} />
      </label>
      <div class="row">
        <CopyButton text={link} name={strings.copyLink} isFirst />
        {"share" in navigator && (
          <button type="button" onClick={() => void navigator.share({ url: link }).catch(() => undefined)}>
            {strings.shareLink}
          </button>
        )}
      </div>
      <QrCode text={link} label={strings.qrCode} />
    </div>
  );
}
