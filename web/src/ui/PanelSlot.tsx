// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { persistently } from "../io/late.ts";
import { strings } from "../locale/strings.ts";
import type { PanelProps } from "./panels/panels.tsx";

type PanelsModule = typeof import("./panels/panels.tsx");

const load = async (): Promise<PanelsModule> => {
  const loaded = await import("./panels/panels.tsx");
  await loaded.loadPanelStyle();
  return loaded;
};

let loading: Promise<PanelsModule> | undefined;

/** The place of the open panel; the panels' code is loaded when the first one is opened, however long that takes. */
export function PanelSlot(props: PanelProps): JSX.Element | null {
  const [module, setModule] = useState<PanelsModule>();
  const panel = props.state.panel.value;
  const isOpen = panel !== undefined;
  useEffect(() => {
    if (!isOpen || module) return;
    loading ??= load().catch(() => {
      props.state.announce(() => strings.unreachable);
      return persistently(load);
    });
    void loading.then((loaded) => setModule(() => loaded));
  }, [isOpen, module]);
  return module && panel ? <module.OpenPanel key={panel} {...props} /> : null;
}
