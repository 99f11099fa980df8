// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { isMade } from "../core/made-secrets.ts";
import { writeFragment } from "../core/secret.ts";
import { readWritten } from "../core/written-room.ts";
import { freshSecret } from "../io/randomness.ts";
import { freshRoomName } from "../io/room-names.ts";
import { enOfStart } from "../locale/en-start.ts";
import { enOfTrouble } from "../locale/en-trouble.ts";
import { enOfWays } from "../locale/en-ways.ts";
import { addEnglish, strings } from "../locale/strings.ts";
import { Footer } from "./Footer.tsx";

addEnglish({ ...enOfStart, ...enOfTrouble, ...enOfWays });

interface StartPageProps {
  /** Gets the path of the room's page, secret and all, or the link that was pasted. */
  readonly onJoin: (path: string) => void;
}

export function StartPage({ onJoin }: StartPageProps): JSX.Element {
  return (
    <>
      <main class="start">
        <h1>keks-meet</h1>
        <p>{strings.tagline}</p>
        <RoomForm onJoin={onJoin} />
        <p class="more">
          <a href="test">{strings.testConnection}</a>
        </p>
      </main>
      <Footer />
    </>
  );
}

function RoomForm({ onJoin }: StartPageProps): JSX.Element {
  const [suggested] = useState(freshRoomName);
  const [typed, setTyped] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const roomOf = (text: string): ReturnType<typeof wantedRoom> => wantedRoom(text.trim() || suggested);
  const drawn = roomOf(typed);
  const problem = typeof drawn === "string" ? drawn : undefined;
  const join = (event: SubmitEvent): void => {
    event.preventDefault();
    // What stands in the field may not be drawn yet.
    const wanted = roomOf(field.current?.value ?? "");
    if (typeof wanted !== "string") onJoin(wanted.address());
  };
  return (
    <form onSubmit={join}>
      <label for="room-name">{strings.roomName}</label>
      <div class="row">
        <input
          ref={field}
          id="room-name"
          type="text"
          autocomplete="off"
          placeholder={suggested}
          value={typed}
          aria-describedby="room-hint"
          aria-invalid={problem !== undefined}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <button type="submit" class="primary">
          {strings.joinRoom}
        </button>
      </div>
      <p id="room-hint" class={problem ? "hint error" : "hint"} aria-live="polite">
        {strings[problem ?? "roomHint"]}
      </p>
    </form>
  );
}

/**
 * The room that a text wants.
 * A link is gone to, wherever it leads; a made secret is taken as it is; a mere name gets a random secret.
 *
 * @returns a function that tells the address, or what is wrong with the text
 */
function wantedRoom(text: string): { address(): string } | "cutLink" | "noQuestionMark" {
  const written = readWritten(text);
  if (written?.isCut) return "cutLink";
  const link = written?.link;
  if (link !== undefined && new URL(link).origin !== location.origin) return { address: () => link };
  const secret = written && (link !== undefined || isMade(written.secret)) ? written.secret : undefined;
  if (secret === undefined && text.includes("?")) return "noQuestionMark";
  return { address: () => `room#${writeFragment(secret ?? freshSecret(text))}` };
}
