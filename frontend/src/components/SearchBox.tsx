import { TextInput, type TextInputProps } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

type Props = Omit<TextInputProps, "value" | "onChange"> & { q: string | undefined; change: (q: string | undefined) => void };

/** words that narrow a list and live in the address: they go there a moment after the last key, without blanks around
 * them, and what is being typed stays as it was typed */
export function SearchBox({ q, change, ...rest }: Props) {
  const [text, setText] = useState(q ?? "");
  const sent = useRef(q);
  const apply = useDebouncedCallback((value: string) => {
    sent.current = value.trim() || undefined;
    change(sent.current);
  }, 300);
  useEffect(() => {
    if (q === sent.current) return; // it came from here
    sent.current = q;
    apply.cancel();
    setText(q ?? "");
  }, [q, apply]);
  return (
    <TextInput
      type="search"
      leftSection={<IconSearch size={16} aria-hidden />}
      {...rest}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        apply(event.currentTarget.value);
      }}
    />
  );
}
