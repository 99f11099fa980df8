// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { strings } from "../../locale/strings.ts";

interface CopyButtonProps {
  readonly text: string;
  readonly name: string;
  /** Whether the button gets the focus when its panel opens. */
  readonly isFirst?: boolean;
}

/** Copies a text and says so. */
export function CopyButton({ text, name, isFirst = false }: CopyButtonProps): JSX.Element {
  const [isCopied, setIsCopied] = useState(false);
  const copy = (): void => {
    void navigator.clipboard.writeText(text).then(
      () => setIsCopied(true),
      () => setIsCopied(false),
    );
  };
  return (
    <>
      <button type="button" class="primary" {...(isFirst ? { "data-first": true } : {})} onClick={copy}>
        {name}
      </button>
      <span role="status">{isCopied && strings.copied}</span>
    </>
  );
}
