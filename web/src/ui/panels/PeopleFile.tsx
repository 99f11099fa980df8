// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX, TargetedSubmitEvent } from "preact";
import { useRef, useState } from "preact/hooks";
import { strings } from "../../locale/strings.ts";
import type { Acquaintances } from "../../state/acquaintances.ts";
import { fileOf, openPeople, type Opened } from "../../state/people-file.ts";

/** Whoever has the file can try passphrases as fast as they like. */
const shortestPassphrase = 12;

/** The people in a file: for another browser of the same person. */
export function PeopleFile({ known }: { readonly known: Acquaintances }): JSX.Element {
  const passphrase = useRef<HTMLInputElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const { words, write, read } = usePeopleFile(known);
  const submitted = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void write(passphrase.current?.value ?? "");
  };
  const picked = ({ currentTarget }: { currentTarget: HTMLInputElement }): void => {
    for (const file of currentTarget.files ?? []) void read(file, passphrase.current?.value ?? "");
    currentTarget.value = "";
  };
  return (
    <details class="people-file">
      <summary>{`${strings.exportPeople} · ${strings.importPeople}`}</summary>
      <form class="details" onSubmit={submitted}>
        <p class="hint">{strings.peopleFileHint}</p>
        <label>
          {strings.passphrase}
          <input ref={passphrase} type="password" autocomplete="new-password" />
        </label>
        <p class="hint" role="status">
          {words?.()}
        </p>
        <div class="row">
          <button type="submit">{strings.exportPeople}</button>
          <button type="button" onClick={() => picker.current?.click()}>
            {strings.importPeople}
          </button>
        </div>
        <input ref={picker} type="file" hidden onChange={picked} />
      </form>
    </details>
  );
}

interface PeopleFileActs {
  /** What came of the last act. */
  readonly words: (() => string) | undefined;
  readonly write: (passphrase: string) => Promise<void>;
  readonly read: (file: File, passphrase: string) => Promise<void>;
}

function usePeopleFile(known: Acquaintances): PeopleFileActs {
  const [words, setWords] = useState<() => string>();
  const say = (text: (() => string) | undefined): void => setWords(() => text);
  return {
    words,
    write: async (passphrase) => {
      if (passphrase.length < shortestPassphrase) return say(() => strings.passphraseShort);
      say(undefined);
      save(await fileOf([...known.people.peek().values()], passphrase));
    },
    read: async (file, passphrase) => {
      const opened = await openPeople(file, passphrase);
      if (opened.type === "opened") known.takeIn(opened.people);
      say(() => outcomeWords(opened));
    },
  };
}

function outcomeWords(opened: Opened): string {
  if (opened.type === "opened") return strings.peopleImported(opened.people.length);
  return opened.type === "locked" ? strings.wrongPassphrase : strings.noPeopleFile;
}

function save(file: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = "keks-meet-people.json";
  link.click();
  // The browser has taken the file by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
