// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { strings } from "../locale/strings.ts";
import type { Notice } from "../state/notices.ts";

interface NoticesProps {
  readonly notices: readonly Notice[];
  readonly onDismiss: (notice: Notice) => void;
}

/** Warnings and errors, each until it is dismissed. */
export function Notices({ notices, onDismiss }: NoticesProps): JSX.Element {
  return (
    <div class="notices">
      {notices.map((notice) => (
        <div key={notice.text()} class={`notice ${notice.level}`} role="alert">
          <p>
            {notice.text()} {notice.link && <a href={notice.link.href}>{notice.link.text()}</a>}
          </p>
          <span class="row">
            {notice.action && <ActionButton action={notice.action} onDone={() => onDismiss(notice)} />}
            <button type="button" onClick={() => onDismiss(notice)}>
              {strings.dismiss}
            </button>
          </span>
        </div>
      ))}
    </div>
  );
}

interface ActionButtonProps {
  readonly action: NonNullable<Notice["action"]>;
  readonly onDone: () => void;
}

function ActionButton({ action, onDone }: ActionButtonProps): JSX.Element {
  const act = (): void => {
    action.act();
    onDone();
  };
  return (
    <button type="button" class="primary" onClick={act}>
      {action.text()}
    </button>
  );
}
