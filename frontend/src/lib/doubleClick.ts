// A double click is one wish: its second click does not fall on what came under the pointer meanwhile, as the shade of
// the dialog that the first one opened, which would close it again. What may be pressed twice sees both.

const pressed = "button, a, label, input, select, textarea, [role]";

let first: Element | null = null;

function once(event: MouseEvent) {
  const target = event.target instanceof Element ? event.target : null;
  const at = target?.closest(pressed) ?? target;
  if (event.detail < 2) {
    first = at;
  } else if (at !== first) {
    event.stopPropagation();
    event.preventDefault();
  }
}

/** listens until the answer is called */
export function takeDoubleClicksAsOne(): () => void {
  const kinds = ["mousedown", "click"] as const;
  for (const kind of kinds) window.addEventListener(kind, once, true);
  return () => {
    for (const kind of kinds) window.removeEventListener(kind, once, true);
  };
}

/** the second click of a double click on the same place */
export const isSecond = (event: { detail: number }) => event.detail > 1;
