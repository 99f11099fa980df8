// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { strings } from "../locale/strings.ts";
import { ofCall } from "./later.tsx";
import { Name } from "./Name.tsx";

const NameField = ofCall(async () => (await import("./NameField.tsx")).NameField);

interface OwnNameProps {
  readonly name: string;
  readonly onRename: (name: string) => void;
}

/** One's own name: a press lets it be written anew where it stands. */
export function OwnName({ name, onRename }: OwnNameProps): JSX.Element {
  const [isWritten, setWritten] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const comesBack = useRef(false);
  useLayoutEffect(() => {
    if (comesBack.current) button.current?.focus();
    comesBack.current = false;
  }, [isWritten]);
  const done = (written: string | undefined, byKey: boolean): void => {
    if (written !== undefined) onRename(written);
    comesBack.current = byKey;
    setWritten(false);
  };
  if (isWritten) return <NameField name={name} onDone={done} />;
  return (
    <button ref={button} type="button" class="own-name" title={strings.changeName} onClick={() => setWritten(true)}>
      <Name name={name} isOwn />
    </button>
  );
}
