import { Anchor } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { download } from "@/api/file";
import { notifyProblem } from "@/components/notify";

/** saves a file of the API; an address alone would be asked for without the token of whoever signed in by one */
export function FileLink({ path, name, children }: { path: string; name: string; children: string }) {
  const file = useMutation({ mutationFn: () => download(path, name), onError: notifyProblem });
  return (
    <Anchor component="button" type="button" size="sm" underline="always" disabled={file.isPending} onClick={() => file.mutate()}>
      {children}
    </Anchor>
  );
}
