// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX, RefObject, TargetedSubmitEvent } from "preact";
import { useRef, useState } from "preact/hooks";
import { strings } from "../../locale/strings.ts";
import type { Acquaintances } from "../../state/acquaintances.ts";
import { fileOf, openPeople, type Opened } from "../../state/people-file.ts";

/** Whoever has the file can try passphrases as fast as they like. */
const shortestPassphrase = 12;

/** The people in a file: for another browser of the same person. */
export function PeopleFile({ known }: { readonly known: Acquaintances }): JSX.Element {
  const passphrase = useRef<HTMLInputElement>(null);
  const again = useRef<HTMLInputElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const { words, write, read } = usePeopleFile(known);
  const submitted = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void write(passphrase.current?.value ?? "", again.current?.value ?? "").catch(reportError);
  };
  const picked = ({ currentTarget }: { currentTarget: HTMLInputElement }): void => {
    for (const file of currentTarget.files ?? []) {
      void read(file, passphrase.current?.value ?? "").catch(reportError);
    }
    currentTarget.value = "";
  };
  return (
    <details class="people-file">
      <summary>{`${strings.exportPeople} · ${strings.importPeople}`}</summary>
      <form class="details" onSubmit={submitted}>
        <p class="hint">{strings.peopleFileHint}</p>
        <Secret field={passphrase} name={strings.passphrase} />
        <Secret field={again} name={strings.passphraseAgain} />
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

interface SecretProps {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly name: string;
}

function Secret({ field, name }: SecretProps): JSX.Element {
  return (
    <label>
      {name}
      <input ref={field} type="password" autocomplete="new-password" />
    </label>
  );
}

interface PeopleFileActs {
  /** What came of the last act. */
  readonly words: (() => string) | undefined;
  readonly write: (passphrase: string, again: string) => Promise<void>;
  readonly read: (file: File, passphrase: string) => Promise<void>;
}

function usePeopleFile(known: Acquaintances): PeopleFileActs {
  const [words, setWords] = useState<() => string>();
  const say = (text: () => string): void => setWords(() => text);
  return {
    words,
    write: async (passphrase, again) => {
      if (passphrase.length < shortestPassphrase) return say(() => strings.passphraseShort);
      if (passphrase !== again) return say(() => strings.passphrasesDiffer);
      const people = [...known.people.peek().values()];
      save(await fileOf(people, passphrase));
      say(() => strings.peopleExported(people.length));
    },
    read: async (file, passphrase) => {
      const opened = await openPeople(file, passphrase);
      const isFull = opened.type === "opened" && !known.takeIn(opened.people);
      say(() => (isFull ? strings.tooManyPeople : outcomeWords(opened)));
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
