// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { enOfTrouble } from "../locale/en-trouble.ts";
import { addEnglish, strings } from "../locale/strings.ts";
import { Footer } from "./Footer.tsx";

addEnglish(enOfTrouble);

export type Reason = "insecure" | "noAddress" | "badAddress";

/** Instead of a room: why there is none, and the way out. */
export function Obstacle({ reason }: { readonly reason: Reason }): JSX.Element {
  return (
    <>
      <main>
        <h1>keks-meet</h1>
        <div class="notice error" role="alert">
          <p>
            {strings[reason]} <a href="/">{strings.toStart}</a>
          </p>
        </div>
      </main>
      <Footer />
    </>
  );
}
