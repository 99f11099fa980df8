// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Keeps the focus near where it was when the element that had it goes away: keys and screen readers go on from there.
 */

import { isTextField } from "./keyboard.ts";

const homes = "article, fieldset, section, .step, main";

/** Follows the page from now on. */
export function keepFocus(): void {
  // The element that has the focus, and all that it is in, from the inside out.
  let path: readonly Element[] = [];
  addEventListener("focusin", (event) => {
    path = event.composedPath().filter((target) => target instanceof Element);
  });
  addEventListener("focusout", ({ target }) => {
    // Browsers differ in whether they tell of what is removed; whoever left it on purpose is not brought back.
    queueMicrotask(() => {
      if (path[0] === target && path[0]?.isConnected) path = [];
    });
  });
  const look = (): void => {
    if (document.activeElement !== document.body || path[0]?.isConnected !== false) return;
    const home = path.find((element) => element.isConnected && element.matches(homes));
    focusOn(home ?? document.querySelector("main"));
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}

/** Gives the focus to what has taken the place of a button; whoever types elsewhere goes on with that. */
export function takeFocus(element: HTMLElement | null): void {
  if (!isTextField(document.activeElement)) element?.focus();
}

function focusOn(home: Element | null): void {
  if (!(home instanceof HTMLElement)) return;
  home.tabIndex = -1;
  home.focus({ preventScroll: true });
}
