// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { strings } from "../locale/strings.ts";

/** Version and links; the server writes them into the page's body element. */
export function Footer(): JSX.Element {
  const { version, source, documentation } = document.body.dataset;
  return (
    <footer>
      <span>keks-meet {version}</span>
      <a href="license">{strings.license}</a>
      <a href={source ?? "./"}>{strings.sourceCode}</a>
      <a href={documentation ?? "./"}>{strings.documentation}</a>
    </footer>
  );
}
