// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { pageValues } from "../io/page.ts";
import { strings } from "../locale/strings.ts";

/** Version and links. */
export function Footer(): JSX.Element {
  const { version, source, guide } = pageValues();
  return (
    <footer>
      <span>keks-meet {version}</span>
      <a href="license">{strings.license}</a>
      <a href={source}>{strings.sourceCode}</a>
      <a href={guide}>{strings.documentation}</a>
    </footer>
  );
}
