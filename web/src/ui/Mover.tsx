// SPDX-License-Identifier: AGPL-3.0-only
/** What moves the own picture where it is small: a button for keys, and the tile itself for pointers. */

import type { Signal } from "@preact/signals";
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Corner, cornerAfter, cornerAt } from "../core/layout.ts";
import { strings } from "../locale/strings.ts";
import { Drawing } from "./Drawing.tsx";

/** The way after which a press is a drag, in CSS pixels. */
const dragBegins = 6;

const arrows = "M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3";

interface MoverProps {
  readonly corner: Signal<Corner>;
}

export function Mover({ corner }: MoverProps): JSX.Element {
  const tools = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const tile = tools.current?.closest<HTMLElement>(".tile");
    return tile ? followPointer(tile, (dropped) => (corner.value = dropped)) : undefined;
  }, [corner]);
  const pressed = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    corner.value = cornerAfter(corner.value, event.key);
  };
  const name = strings.movePicture(strings.corners[corner.value]);
  return (
    <div ref={tools} class="tools mover">
      <button
        type="button"
        title={name}
        onKeyDown={pressed}
        onClick={() => (corner.value = cornerAfter(corner.value, ""))}
      >
        <Drawing path={arrows} />
      </button>
    </div>
  );
}

/** Lets a tile be dragged, until the returned function is called. @param onDrop gets the corner where it was let go */
function followPointer(tile: HTMLElement, onDrop: (corner: Corner) => void): () => void {
  let start: PointerEvent | undefined;
  const begin = (event: PointerEvent): void => {
    const isOnControl = event.target instanceof Element && event.target.closest("button, input, a");
    if (isOnControl || event.button !== 0 || start) return;
    start = event;
  };
  const move = (event: PointerEvent): void => {
    const { pointerId, clientX, clientY } = event;
    if (start?.pointerId !== pointerId) return;
    // Nobody tells of the end of a press where a menu or another window takes it.
    if (event.buttons === 0) return end(event);
    const [across, down] = [clientX - start.clientX, clientY - start.clientY];
    // A finger that taps moves a little, too.
    if (!tile.hasPointerCapture(pointerId) && Math.hypot(across, down) < dragBegins) return;
    tile.setPointerCapture(pointerId);
    tile.classList.add("dragged");
    tile.style.translate = `${across}px ${down}px`;
  };
  const end = ({ type, pointerId }: PointerEvent): void => {
    if (start?.pointerId !== pointerId) return;
    if (type === "pointerup" && tile.style.translate !== "") onDrop(cornerOf(tile));
    start = undefined;
    tile.classList.remove("dragged");
    tile.style.translate = "";
  };
  const until = new AbortController();
  const { signal } = until;
  tile.addEventListener("pointerdown", begin, { signal });
  // A press that begins on the tile may end beside it.
  addEventListener("pointermove", move, { signal });
  for (const over of ["pointerup", "pointercancel"] as const) addEventListener(over, end, { signal });
  signal.addEventListener("abort", () => {
    tile.classList.remove("dragged");
    tile.style.translate = "";
  });
  return () => until.abort();
}

/** The corner of the room that the middle of a tile is nearest to. */
function cornerOf(tile: HTMLElement): Corner {
  const { left, top, width, height } = tile.getBoundingClientRect();
  const room = tile.parentElement?.getBoundingClientRect() ?? new DOMRect();
  return cornerAt(room, left + width / 2 - room.left, top + height / 2 - room.top);
}
