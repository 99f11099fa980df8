// SPDX-License-Identifier: AGPL-3.0-only
/** When somebody comes or goes, the others glide from where they were to where they are now. Loaded when there are others. */

interface Place {
  readonly left: number;
  readonly top: number;
}

const duration = 200;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const known = new WeakSet<HTMLElement>();

/** Until the parent itself is gone. */
export function letChildrenGlide(parent: HTMLElement): void {
  if (known.has(parent)) return;
  known.add(parent);
  let places = placesIn(parent);
  // What moves because sizes change, moves at once.
  const sizes = new ResizeObserver(() => {
    places = placesIn(parent);
  });
  const watchSizes = (): void => {
    for (const child of places.keys()) sizes.observe(child);
  };
  const changes = new MutationObserver(() => {
    const before = places;
    places = placesIn(parent);
    watchSizes();
    for (const [child, place] of places) glide(child, before.get(child) ?? place, place);
  });
  watchSizes();
  changes.observe(parent, { childList: true });
}

/** Where the layout has them, wherever a glide shows them just now. */
function placesIn(parent: HTMLElement): Map<HTMLElement, Place> {
  const children = [...parent.children].filter((child) => child instanceof HTMLElement);
  return new Map(children.map((child) => [child, { left: child.offsetLeft, top: child.offsetTop }]));
}

function glide(child: HTMLElement, from: Place, to: Place): void {
  const [x, y] = [from.left - to.left, from.top - to.top];
  if (calm.matches || (x === 0 && y === 0)) return;
  child.animate({ translate: [`${x}px ${y}px`, "0 0"] }, { duration, easing: "ease-out" });
}
