import { Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { asProblem } from "@/api/problem";
import { t } from "@/lib/texts";

export function notifyDone(message: ReactNode) {
  // long enough to reach a link in it with the keyboard
  notifications.show({ message, autoClose: 8000, icon: <IconCheck size={18} />, color: "bottle", closeButtonProps: { "aria-label": t.close } });
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
