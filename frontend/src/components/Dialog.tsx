import { Modal, type ModalProps } from "@mantine/core";
import { useEffect, useState } from "react";

/** a dialog that is there as long as it is drawn; the focus goes back to where it came from, unless it was given elsewhere */
export function Dialog(props: Omit<ModalProps, "opened">) {
  const [from] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      setTimeout(() => {
        if (from instanceof HTMLElement && from.isConnected && document.activeElement === document.body) from.focus({ preventScroll: true });
      }, 0);
    },
    [from],
  );
  return <Modal opened {...props} />;
}
