import { Text } from "@mantine/core";
import { modals } from "@mantine/modals";

type Question = { title: string; text: string; confirm: string; cancel: string; color?: string; act: () => void };

/** asks before something is done. It is done once: a question that fades away takes no further answer */
export function confirm({ title, text, confirm, cancel, color, act }: Question) {
  let answered = false;
  modals.openConfirmModal({
    title,
    children: <Text size="sm">{text}</Text>,
    labels: { confirm, cancel },
    confirmProps: { color },
    onClose: () => {
      answered = true;
    },
    onConfirm: () => {
      if (!answered) act();
      answered = true;
    },
  });
}
