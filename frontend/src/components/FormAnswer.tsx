import { type ComponentProps, useEffect, useRef } from "react";
import { Changed, meanwhileOf } from "@/components/Changed";
import { Failure } from "@/components/states";

type Props = Pick<ComponentProps<typeof Failure>, "title" | "hide"> & {
  /** why it was not taken; nothing is shown without one */
  error: unknown;
} & Partial<Pick<ComponentProps<typeof Changed>, "label" | "word" | "theirs" | "mine">>;

/**
 * Why a form was not taken. It comes below the fields, often out of sight: so it is brought into sight and
 * focused as soon as it comes, or the first field that is marked as wrong in its place. theirs and mine: where two
 * people may change the same, the choice whose words stand.
 */
export function FormAnswer({ error, title, hide, label, word, theirs, mine }: Props) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const answer = place.current;
    if (!error || !answer) return;
    const shown = wrongField(answer.closest("form")) ?? answer;
    shown.focus({ preventScroll: true });
    shown.scrollIntoView({ block: "center" }); // above the bar that sticks to the bottom
  }, [error]);
  if (!error) return null;
  const meanwhile = theirs && mine ? meanwhileOf(error) : null;
  /** the choice takes its own button away: the focus goes to the form's */
  const choose = (act: (() => void) | undefined) => () => {
    place.current?.closest("form")?.querySelector<HTMLElement>("[type=submit]")?.focus();
    act?.();
  };
  return (
    <div ref={place} tabIndex={-1} style={{ outline: "none" }}>
      {meanwhile ? <Changed meanwhile={meanwhile} label={label} word={word} theirs={choose(theirs)} mine={choose(mine)} /> : <Failure error={error} title={title} hide={hide} />}
    </div>
  );
}

/** the first input of a form that is marked as wrong; a group of boxes has its message only */
function wrongField(form: HTMLFormElement | null): HTMLElement | null {
  const wrong = form?.querySelector<HTMLElement>("[aria-invalid=true], .mantine-InputWrapper-error");
  if (!wrong || wrong.matches("[aria-invalid=true]")) return wrong ?? null;
  return wrong.closest(".mantine-InputWrapper-root")?.querySelector<HTMLElement>("input, button") ?? null;
}
