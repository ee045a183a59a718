import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { open } from "@/test/open";
import "@/features/start/StartPage";
import "@/features/settings/ConfigurationPage"; // fetched before the tests begin to wait for it
import { aConnection, anOverview, answers, aStep, server } from "@/test/server";

test.each(["expired", "revoked"] as const)("a connection that is %s can be connected again", async (status) => {
  const asked: unknown[] = [];
  server.use(
    answers.get("/connection", aConnection({ status })),
    answers.post("/connection/authorize", (body) => {
      asked.push(body);
      return [{ code: "unavailable", detail: "Zoho does not answer.", errors: [] }, 503];
    }),
  );
  const user = open("/configuration");
  const button = await screen.findByRole("button", { name: "Reconnect" });
  expect(button).toBeEnabled();
  expect(screen.queryByRole("button", { name: "Connect to Zoho Books" })).toBeNull();
  await user.click(button);
  expect(await screen.findByText("Zoho does not answer.")).toBeVisible();
  expect(asked).toHaveLength(1);
});

test("one that was never made is connected, not connected again", async () => {
  server.use(answers.get("/connection", aConnection({ status: "disconnected", connected_at: null })));
  open("/configuration");
  expect(await screen.findByRole("button", { name: "Connect to Zoho Books" })).toBeEnabled();
  expect(screen.queryByRole("button", { name: "Reconnect" })).toBeNull();
});

test("a corrected secret can be used at once: the form goes on from the answer of each save", async () => {
  const saved: unknown[] = [];
  const authorized: unknown[] = [];
  server.use(
    answers.get("/connection", aConnection({ status: "disconnected", has_client_secret: true })),
    answers.put("/connection", (body) => {
      saved.push(body);
      return [aConnection({ status: "disconnected", has_client_secret: true })];
    }),
    answers.post("/connection/authorize", () => {
      authorized.push(saved.length);
      return [{ code: "unavailable", detail: "Zoho does not answer.", errors: [] }, 503];
    }),
  );
  const user = open("/configuration");
  for (const secret of ["wrong", "right"]) {
    await user.click(await screen.findByRole("button", { name: "Replace" }));
    await user.type(screen.getByLabelText("Client secret"), secret);
    await user.click(screen.getByRole("button", { name: "Save and connect" }));
    expect(await screen.findByText("Zoho does not answer.")).toBeVisible();
    expect(await screen.findByRole("button", { name: "Connect to Zoho Books" })).toBeEnabled();
  }
  expect(saved).toMatchObject([{ client_secret: "wrong" }, { client_secret: "right" }]);
  expect(authorized).toEqual([1, 2]);
});

test("the address of Zoho Books fills in the data center and the organization, and no host's application is offered that is not there", async () => {
  server.use(answers.get("/connection", aConnection({ status: "disconnected", data_center: "us", organization_id: null, use_own_application: false, has_client_secret: false, client_id: "" })));
  server.use(answers.get("/overview", { ...anOverview, guide: { steps: [aStep("check", "done"), aStep("connect", "open")] } }));
  const user = open("/start?step=connect");
  await user.click(await screen.findByLabelText("Address of Zoho Books"));
  await user.paste("https://books.zoho.eu/app/20001234#/home");
  expect(screen.getByRole("combobox", { name: "Data center" })).toHaveValue("Europe (zoho.eu)");
  expect(screen.getByLabelText("Organization ID")).toHaveValue("20001234");
  expect(screen.queryByRole("radio", { name: "The host's application" })).toBeNull();
  expect(screen.getByLabelText("Client secret")).toBeVisible();
});
