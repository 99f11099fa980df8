// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { writeFragment } from "../../core/secret.ts";
import { strings } from "../../locale/strings.ts";
import { CopyButton } from "./CopyButton.tsx";
import type { PanelProps } from "./panels.tsx";

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
      <QrCode text={link} />
    </div>
  );
}

/** A QR code, drawn by a library that is loaded when the panel opens. */
function QrCode({ text }: { readonly text: string }): JSX.Element | null {
  const [code, setCode] = useState<{ readonly size: number; readonly path: string }>();
  useEffect(() => {
    void import("qrcode-generator").then(({ default: generate }) => {
      const qr = generate(0, "M");
      qr.addData(text);
      qr.make();
      setCode({ size: qr.getModuleCount(), path: pathOf(qr) });
    });
  }, [text]);
  if (!code) return null;
  // The code has four modules of quiet around it, as readers want.
  const side = code.size + 8;
  return (
    <svg class="qr" role="img" aria-label={strings.qrCode} viewBox={`-4 -4 ${side} ${side}`}>
      <rect x={-4} y={-4} width={side} height={side} fill="#fff" />
      <path d={code.path} fill="#000" />
    </svg>
  );
}

function pathOf(qr: { getModuleCount(): number; isDark(row: number, column: number): boolean }): string {
  const count = Array.from({ length: qr.getModuleCount() }, (_, index) => index);
  return count
    .flatMap((row) => count.filter((column) => qr.isDark(row, column)).map((column) => `M${column} ${row}h1v1h-1z`))
    .join("");
}
