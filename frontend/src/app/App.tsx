import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Problem } from "@/api/problem";
import { resume } from "@/features/session/session.api";
import { SignInPage } from "@/features/session/SignInPage";
import { auth } from "@/lib/auth";
import { takeDoubleClicksAsOne } from "@/lib/doubleClick";
import { makeRouter } from "./router";
import { theme, variables } from "./theme";

export function makeClient() {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        networkMode: "always", // without a network a question fails, which is said, instead of waiting without a word
        // what the API refused stays refused; only a lost connection is worth another try
        retry: (count, error) => count < 2 && !(error instanceof Problem && error.status > 0 && error.status < 500),
      },
      mutations: { networkMode: "always" }, // what a person did without a network fails at once, and is not done later behind her back
    },
  });
}

export function App({ client: given }: { client?: QueryClient }) {
  const [client] = useState(() => given ?? makeClient());
  const [router] = useState(makeRouter);
  const state = useSyncExternalStore(auth.subscribe, auth.state);
  useEffect(() => {
    if (state === "out") client.clear(); // nothing of the last person stays behind
    if (state === "asking") void resume();
  }, [client, state]);
  useEffect(takeDoubleClicksAsOne, []);
  // under test there is no layout: a menu would be taken for scrolled out of sight, and hidden
  const env = import.meta.env.MODE === "test" ? "test" : "default";
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto" env={env}>
      <QueryClientProvider client={client}>
        <ModalsProvider>
          {state === "in" ? <RouterProvider router={router} /> : null}
          {state === "out" ? <SignInPage /> : null}
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
