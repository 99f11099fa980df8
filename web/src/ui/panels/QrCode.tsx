// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

interface QrCodeProps {
  readonly text: string;
  /** What the code is of. */
  readonly label: string;
}

/** A QR code, drawn by a library that is loaded when the first one is shown. */
export function QrCode({ text, label }: QrCodeProps): JSX.Element | null {
  const [code, setCode] = useState<{ readonly size: number; readonly path: string }>();
  const [isLost, setLost] = useState(false);
  useEffect(() => {
    void import("qrcode-generator")
      .then(({ default: generate }) => {
        const qr = generate(0, "M");
        qr.addData(text);
        qr.make();
        setCode({ size: qr.getModuleCount(), path: pathOf(qr) });
      })
      // Without the server the library cannot be loaded, and what is in the code stands beside it.
      .catch(() => setLost(true));
  }, [text]);
  if (isLost) return null;
  // The place is kept until the code is there: it would push what has the focus out of sight.
  if (!code) return <svg class="qr" viewBox="0 0 1 1" aria-hidden="true" />;
  // The code has four modules of quiet around it, as readers want.
  const side = code.size + 8;
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`-4 -4 ${side} ${side}`}>
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
