// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { strings } from "../locale/strings.ts";
import { Footer } from "./Footer.tsx";

/** Instead of a room: why there is none, and the way out. */
export function Obstacle({ text }: { readonly text: string }): JSX.Element {
  return (
    <>
      <main>
        <h1>keks-meet</h1>
        <div class="notice error" role="alert">
          <p>
            {text} <a href="/">{strings.toStart}</a>
          </p>
        </div>
      </main>
      <Footer />
    </>
  );
}
