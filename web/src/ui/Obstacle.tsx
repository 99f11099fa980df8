// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { enOfTrouble } from "../locale/en-trouble.ts";
import { addEnglish, strings } from "../locale/strings.ts";
import { Footer } from "./Footer.tsx";

addEnglish(enOfTrouble);

export type Reason = "insecure" | "noAddress" | "badAddress" | "cutLink";

interface ObstacleProps {
  readonly reason: Reason;
  /** Called to enter after all: a link that looks cut may be right all the same. */
  readonly onEnter: () => void;
}

/** A page instead of a room: why there is none, and the way out. */
export function Obstacle({ reason, onEnter }: ObstacleProps): JSX.Element {
  return (
    <>
      <main>
        <h1>keks-meet</h1>
        <div class="notice error" role="alert">
          <p>
            {strings[reason]} <a href="./">{strings.toStart}</a>
          </p>
          {reason === "cutLink" && (
            <span class="row">
              <button type="button" onClick={onEnter}>
                {strings.enterAllTheSame}
              </button>
            </span>
          )}
        </div>
      </main>
      <Footer />
    </>
  );
}
