// SPDX-License-Identifier: AGPL-3.0-only
import type { ComponentType, FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";

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
