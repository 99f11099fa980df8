// SPDX-License-Identifier: AGPL-3.0-only
import type { ComponentType, FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";

/** @returns a component that is loaded when it is first shown, and until then shows nothing */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): FunctionComponent<P> {
  return (props) => {
    const [Loaded, setLoaded] = useState<ComponentType<P>>();
    // Without the server it cannot be loaded.
    useEffect(
      () =>
        void load().then(
          (component) => setLoaded(() => component),
          () => undefined,
        ),
      [],
    );
    return Loaded ? <Loaded {...props} /> : null;
  };
}
