import { Button, type ButtonProps } from "@mantine/core";
import { type ComponentPropsWithoutRef, forwardRef } from "react";

type Props = ButtonProps & Omit<ComponentPropsWithoutRef<"button">, keyof ButtonProps>;

/** a button that keeps the focus while what it began is under way: a disabled one would lose it to the page */
export const BusyButton = forwardRef<HTMLButtonElement, Props>(function BusyButton({ loading, disabled, onClick, ...rest }, ref) {
  return (
    <Button
      ref={ref}
      {...rest}
      loading={loading}
      disabled={disabled}
      onClick={loading ? (event) => event.preventDefault() : onClick}
      renderRoot={(root) => <button {...root} disabled={disabled} aria-disabled={loading || root["aria-disabled"]} aria-busy={loading || undefined} />}
    />
  );
});
