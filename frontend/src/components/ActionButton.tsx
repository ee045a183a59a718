import { type ButtonProps, Tooltip } from "@mantine/core";
import { forwardRef, type MouseEventHandler } from "react";
import { BusyButton } from "@/components/BusyButton";
import { isSecond } from "@/lib/doubleClick";
import { useLack, useMay } from "@/lib/role";
import type { Role } from "@/lib/sections";

type Props = ButtonProps & {
  needs: Role;
  onClick?: MouseEventHandler<HTMLButtonElement>;
  type?: "button" | "submit";
  "aria-label"?: string;
  "data-autofocus"?: boolean;
  /** why it cannot be pressed now; it stays focusable so that the reason can be read */
  because?: string | false;
};

/** a button that needs a role, and says which one when the person lacks it; pressed twice at once it acts once */
export const ActionButton = forwardRef<HTMLButtonElement, Props>(function ActionButton(
  { needs, because, onClick, type = "button", ...rest },
  ref,
) {
  const may = useMay(needs);
  const lack = useLack(needs);
  const reason = may ? because : lack;
  const off = reason || !may ? { "aria-disabled": true, "data-disabled": true } : undefined;
  return (
    <Tooltip label={reason} disabled={!reason}>
      <BusyButton ref={ref} type={type} {...rest} {...off} onClick={(event) => (off || isSecond(event) ? event.preventDefault() : onClick?.(event))} />
    </Tooltip>
  );
});
