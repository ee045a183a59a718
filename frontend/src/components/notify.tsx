import { Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef } from "react";
import { asProblem } from "@/api/problem";
import { t } from "@/lib/texts";

export function notifyDone(message: ReactNode) {
  // long enough to reach a link in it with the keyboard
  notifications.show({ message, autoClose: 8000, icon: <IconCheck size={18} />, color: "bottle", closeButtonProps: { "aria-label": t.close } });
}

/** tells how what was sent ended, also when who asked has left the page meanwhile: callbacks of mutate are lost then */
export function told<A>(answer: Promise<A>, done?: (answer: A) => void): void {
  answer.then(done, notifyProblem);
}

/**
 * The same for a dialog, which shows a refusal itself: done is told whether the dialog is still there. One that was
 * closed meanwhile must close no other, and a refusal that it can show no more is a message.
 */
export function useAsked() {
  const there = useRef(true);
  useEffect(() => {
    there.current = true;
    return () => {
      there.current = false;
    };
  }, []);
  return <A,>(answer: Promise<A>, done: (answer: A, there: boolean) => void, refused?: (problem: unknown) => void) =>
    answer.then(
      (value) => done(value, there.current),
      (problem) => (there.current ? refused?.(problem) : notifyProblem(problem)),
    );
}

export function notifyProblem(error: unknown) {
  const problem = asProblem(error);
  if (problem.status === 401) return; // the sign-in page says it
  notifications.show({
    title: t.problem.title,
    message: (
      <>
        <Text size="sm">{problem.detail}</Text>
        {problem.action ? <Text size="sm">{problem.action}</Text> : null}
      </>
    ),
    icon: <IconAlertTriangle size={18} />,
    color: "red",
    autoClose: 10000,
    closeButtonProps: { "aria-label": t.close },
  });
}
