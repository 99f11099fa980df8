// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { roomName, writeFragment } from "../core/secret.ts";
import { linkIn } from "../core/typed-room.ts";
import { freshSecret } from "../io/randomness.ts";
import { freshRoomName } from "../io/room-names.ts";
import { enOfStart } from "../locale/en-start.ts";
import { addEnglish, strings } from "../locale/strings.ts";
import { Footer } from "./Footer.tsx";

addEnglish(enOfStart);

/** @param onJoin is told the path of the room's page, secret and all, or the link that was pasted */
export function StartPage({ onJoin }: { readonly onJoin: (path: string) => void }): JSX.Element {
  const [suggested] = useState(freshRoomName);
  const [typed, setTyped] = useState("");
  const link = linkIn(typed.trim());
  const hasQuestionMark = !link && typed.includes("?");
  const join = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!hasQuestionMark) onJoin(link ?? roomPath(typed.trim() || suggested));
  };
  return (
    <>
      <main class="start">
        <h1>keks-meet</h1>
        <p>{strings.tagline}</p>
        <form onSubmit={join}>
          <label for="room-name">{strings.roomName}</label>
          <div class="row">
            <input
              id="room-name"
              type="text"
              autocomplete="off"
              placeholder={suggested}
              value={typed}
              aria-describedby="room-hint"
              aria-invalid={hasQuestionMark}
              onInput={({ currentTarget }) => setTyped(currentTarget.value)}
            />
            <button type="submit" class="primary">
              {strings.joinRoom}
            </button>
          </div>
          <p id="room-hint" class={hasQuestionMark ? "hint error" : "hint"} aria-live="polite">
            {hasQuestionMark ? strings.noQuestionMark : strings.roomHint}
          </p>
        </form>
      </main>
      <Footer />
    </>
  );
}

/** A room's whole secret (name, `#` and digits) is taken as it is; a mere name gets a random secret. */
function roomPath(text: string): string {
  return `/room#${writeFragment(roomName(text) ? text : freshSecret(text))}`;
}
