// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { strings } from "../locale/strings.ts";
import type { PanelProps } from "./panels/panels.tsx";

type PanelsModule = typeof import("./panels/panels.tsx");

/** The place of the open panel; the panels' code is loaded when the first one is opened. */
export function PanelSlot(props: PanelProps): JSX.Element | null {
  const [module, setModule] = useState<PanelsModule>();
  const panel = props.state.panel.value;
  const isOpen = panel !== undefined;
  useEffect(() => {
    if (!isOpen || module) return;
    const failed = (): void => {
      props.state.announce(() => strings.unreachable);
      props.state.panel.value = undefined;
    };
    import("./panels/panels.tsx")
      .then(async (loaded) => {
        await loaded.loadPanelStyle();
        setModule(() => loaded);
      })
      .catch(failed);
  }, [isOpen, module]);
  return module && panel ? <module.OpenPanel key={panel} {...props} /> : null;
}
