import { type ButtonProps, Tooltip } from "@mantine/core";
import { forwardRef, type MouseEventHandler } from "react";
import { BusyButton } from "@/components/BusyButton";
import { useMay } from "@/lib/role";
import type { Role } from "@/lib/sections";
import { t } from "@/lib/texts";

type Props = ButtonProps & {
  needs: Role;
  onClick?: MouseEventHandler<HTMLButtonElement>;
  type?: "button" | "submit";
  "aria-label"?: string;
  "data-autofocus"?: boolean;
  /** why it cannot be pressed now; it stays focusable so that the reason can be read */
  because?: string | false;
};

/** a button that needs a role, and says which one when the person lacks it */
export const ActionButton = forwardRef<HTMLButtonElement, Props>(function ActionButton(
  { needs, because, onClick, type = "button", ...rest },
  ref,
) {
  const may = useMay(needs);
  const reason = may ? because : t.problem.forbiddenHint(t.session.role[needs] ?? needs);
  const off = reason ? { "aria-disabled": true, "data-disabled": true } : undefined;
  return (
    <Tooltip label={reason} disabled={!reason}>
      <BusyButton ref={ref} type={type} {...rest} {...off} onClick={reason ? (event) => event.preventDefault() : onClick} />
    </Tooltip>
  );
});
