// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { pageValues } from "../../io/page.ts";
import { strings } from "../../locale/strings.ts";
import { CopyButton } from "./CopyButton.tsx";
import type { PanelProps } from "./panels.tsx";

export function LogPanel({ state }: PanelProps): JSX.Element {
  const about = `keks-meet ${pageValues().version}, ${navigator.userAgent}`;
  const ignored = `messages ignored: ${state.log.ignored.value}`;
  const text = [about, ignored, ...state.log.lines.value].join("\n");
  return (
    <>
      <p class="hint">{strings.logIntro}</p>
      <div class="row">
        <CopyButton text={text} name={strings.copyLog} isFirst />
      </div>
      <pre class="log" tabIndex={0} aria-label={strings.log}>
        {text}
      </pre>
    </>
  );
}
