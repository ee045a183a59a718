import { ActionIcon, Menu } from "@mantine/core";
import { IconLogout } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { notifyProblem } from "@/components/notify";
import { auth } from "@/lib/auth";
import { t } from "@/lib/texts";
import { signOut } from "./session.api";

const icon = <IconLogout size={19} stroke={1.7} />;

/** a token is given up at once; a session can be ended here or on every device */
export function SignOut() {
  const leave = useMutation({ mutationFn: signOut, onError: notifyProblem });
  if (!auth.csrf()) {
    return (
      <ActionIcon variant="transparent" c="inherit" aria-label={t.session.out} onClick={() => leave.mutate(false)}>
        {icon}
      </ActionIcon>
    );
  }
  return (
    <Menu position="top-end">
      <Menu.Target>
        <ActionIcon variant="transparent" c="inherit" aria-label={t.session.out} loading={leave.isPending}>
          {icon}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.session.out}</Menu.Label>
        <Menu.Item onClick={() => leave.mutate(false)}>{t.session.here}</Menu.Item>
        <Menu.Item onClick={() => leave.mutate(true)}>{t.session.everywhere}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
