// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { strings } from "../../locale/strings.ts";
import type { Acquaintances } from "../../state/acquaintances.ts";
import { QrCode } from "./QrCode.tsx";
import { takeFocus } from "../../state/focus.ts";
import { Spelled } from "./Spelled.tsx";

interface SafetyNumberProps {
  readonly known: Acquaintances;
  readonly credential: string;
  /** The name of the other person, as it stands within a sentence. */
  readonly name: string;
  readonly onCompared: (isSame: boolean) => void;
  readonly onCancel: () => void;
}

/** The number that two people compare, and the two answers (Y9). */
export function SafetyNumber({ known, credential, name, onCompared, onCancel }: SafetyNumberProps): JSX.Element | null {
  const number = useSafetyNumber(known, credential);
  const intro = useRef<HTMLParagraphElement>(null);
  // The button that was pressed is gone.
  useLayoutEffect(() => takeFocus(intro.current), [number]);
  if (number === undefined) return null;
  return (
    <div class="comparison">
      <p ref={intro} tabIndex={-1}>
        {strings.numberIntro(name)}
      </p>
      <Spelled groups={number.split(" ")} label={strings.safetyNumber} />
      <QrCode text={number.replaceAll(" ", "")} label={strings.qrOfNumber} />
      <p class="row">
        <button type="button" class="primary" onClick={() => onCompared(true)}>
          {strings.theyMatch}
        </button>
        <button type="button" onClick={() => onCompared(false)}>
          {strings.theyDiffer}
        </button>
        <button type="button" onClick={onCancel}>
          {strings.notNow}
        </button>
      </p>
    </div>
  );
}

function useSafetyNumber(known: Acquaintances, credential: string): string | undefined {
  const [number, setNumber] = useState<string>();
  useEffect(() => {
    let isWanted = true;
    void known.safetyNumber(credential).then((made) => isWanted && setNumber(made), reportError);
    return () => void (isWanted = false);
  }, [known, credential]);
  return number;
}
