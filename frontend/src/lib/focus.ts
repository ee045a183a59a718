/** puts the focus on an element once the page has been drawn anew; a closed dialog's own has gone by then */
export function focusOn(selector: string) {
  setTimeout(() => document.querySelector<HTMLElement>(selector)?.focus(), 0);
}
