// SPDX-License-Identifier: AGPL-3.0-only
import type { ComponentType, FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { persistently } from "../io/late.ts";
import { loadStyle } from "../io/styles.ts";

/** @returns a component that is loaded when it is first shown, and until then shows nothing */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): FunctionComponent<P> {
  let known: ComponentType<P> | undefined;
  return (props) => {
    const [Loaded, setLoaded] = useState(() => known);
    useEffect(() => {
      if (Loaded) return;
      void load().then(
        (component) => setLoaded(() => (known = component)),
        // Without the server the component cannot be loaded.
        () => undefined,
      );
    }, []);
    return Loaded ? <Loaded {...props} /> : null;
  };
}

/**
 * @returns a component of a call, which is loaded when it is first shown, however long that takes, and the style of calls
 * with it
 */
export const ofCall = <P extends object>(load: () => Promise<ComponentType<P>>): FunctionComponent<P> =>
  later(async () => (await Promise.all([persistently(load), persistently(() => loadStyle(CALL_STYLE))]))[0]);
