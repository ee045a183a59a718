import { type RefObject, useEffect } from "react";

type Place = { parent: Node; before: Node | null };

const controls = 'a[href], button:not(:disabled), input:not(:disabled):not([type="hidden"]), select:not(:disabled), textarea:not(:disabled), [tabindex="0"]';

/**
 * Keeps the focus of whoever works by the keyboard: where what has it goes away, as a row that was deleted or a button
 * that has done its work, it goes to what stands there now; where a dialog or a menu goes away and gives it back to
 * nothing, to where it was before; and on another page to its content.
 */
export function useKeptFocus(frame: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>) {
  useEffect(() => {
    let keyboard = false; // a pointer's next place is where it points
    let at: Element | null = null; // what has the focus
    let last: Element | null = null; // what had it last outside of dialogs and menus, or stands in its place
    let path = "";
    const key = () => {
      keyboard = true;
    };
    const point = () => {
      keyboard = false;
    };
    const came = (event: FocusEvent) => {
      at = event.target as Element;
      if (!frame.current?.contains(at)) return;
      last = at;
      path = location.pathname;
    };
    const give = () => {
      if (!keyboard || document.activeElement !== document.body) return;
      const to = location.pathname === path && last?.isConnected ? last : content.current;
      if (to instanceof HTMLElement) to.focus({ preventScroll: true });
    };
    const observer = new MutationObserver((records) => {
      if (!at || (at.isConnected && last?.isConnected)) return;
      if (last && !last.isConnected && frame.current) last = heir(frame.current, placeOf(last, records));
      if (!at.isConnected) {
        at = null;
        setTimeout(give, 0); // after whoever knows better
      }
    });
    observer.observe(document.body, { childList: true, subtree: true });
    document.addEventListener("keydown", key, true);
    document.addEventListener("pointerdown", point, true);
    document.addEventListener("focusin", came);
    return () => {
      observer.disconnect();
      document.removeEventListener("keydown", key, true);
      document.removeEventListener("pointerdown", point, true);
      document.removeEventListener("focusin", came);
    };
  }, [frame, content]);
}

/** where in the page stood what was taken out of it */
function placeOf(gone: Node, records: MutationRecord[]): Place | null {
  let place: Place | null = null;
  for (const { target, previousSibling, removedNodes } of records) {
    for (const node of removedNodes) {
      if (place ? node === place.before || node.contains(place.parent) : node.contains(gone)) place = { parent: target, before: previousSibling };
    }
  }
  return place;
}

/** the control that stands at a place, or else after it, or else before it */
function heir(frame: HTMLElement, place: Place | null): Element | null {
  if (!place || !frame.contains(place.parent)) return null;
  const before = place.before?.parentNode === place.parent ? place.before : null;
  const after = (one: Element) => Boolean((before ?? place.parent).compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) && !before?.contains(one);
  const seen = (one: Element) => one.checkVisibility?.() !== false && !one.closest("[aria-hidden=true], [inert]");
  const all = [...frame.querySelectorAll(controls)];
  return all.find((one) => after(one) && seen(one)) ?? all.findLast(seen) ?? null;
}
