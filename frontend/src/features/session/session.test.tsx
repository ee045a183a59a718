import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { beforeEach, expect, test, vi } from "vitest";
import { App } from "@/app/App";
import { auth } from "@/lib/auth";
import { answers, server } from "@/test/server";
import { choose } from "@/test/choose";

const address = "http://qlobooks.test/api/v1/session";
const ada = { name: "Ada Holt", email: "ada@hotel.example", role: "accountant", csrf_token: "csrf-1" };

beforeEach(() => {
  window.history.replaceState({}, "", "/");
  localStorage.clear();
});

async function fill(email: string, password: string) {
  const user = userEvent.setup();
  if (email) await user.type(screen.getByLabelText("E-mail address"), email);
  if (password) await user.type(screen.getByLabelText("Password"), password);
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  return user;
}

test("an employee signs in, and what changes something carries the CSRF token and no password", async () => {
  const sent: unknown[] = [];
  const tokens: (string | null)[] = [];
  server.use(
    answers.post("/session", (body) => {
      sent.push(body);
      return [ada, 200];
    }),
    answers.get("/session", ada),
    http.post("http://qlobooks.test/api/v1/records/hotels/initialize", ({ request }) => {
      tokens.push(request.headers.get("X-CSRF-Token"), request.headers.get("Authorization"));
      return HttpResponse.json({ code: "busy", detail: "Busy." }, { status: 409 });
    }),
  );
  window.history.replaceState({}, "", "/synchronization/hotels");
  render(<App />);
  const user = await fill(" ada@hotel.example ", "pass word");
  expect(await screen.findByText("Ada Holt")).toBeVisible();
  expect(sent).toEqual([{ email: "ada@hotel.example", password: "pass word" }]);
  await user.click(await screen.findByRole("button", { name: "Initialize" }));
  await expect.poll(() => tokens).toEqual(["csrf-1", null]);
  expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toMatch(/csrf-1|pass word/);
});

test("a wrong password is said at the field, and the field is empty again", async () => {
  server.use(answers.post("/session", () => [{ code: "wrong_credentials", detail: "The e-mail address or the password is not right." }, 401]));
  render(<App />);
  await fill("ada@hotel.example", "guess");
  expect(await screen.findByText(/password is not right/)).toBeVisible();
  expect(screen.getByLabelText("Password")).toHaveValue("");
  expect(screen.getByLabelText("E-mail address")).toHaveValue("ada@hotel.example");
  expect(screen.queryByText(/session has ended/)).toBeNull();
});

test.each([
  [409, "sign_in_off", "Sign-in with QloApps employees is switched off."],
  [429, "too_many_requests", "There were too many attempts to sign in."],
])("an answer %i is shown with its words", async (status, code, detail) => {
  server.use(answers.post("/session", () => [{ code, detail }, status]));
  render(<App />);
  await fill("ada@hotel.example", "pass");
  expect(await screen.findByText(detail)).toBeVisible();
});

test("nothing is asked until both fields are filled", async () => {
  render(<App />);
  await fill("", "");
  expect(screen.getByText("Enter the e-mail address.")).toBeVisible();
  expect(screen.getByText("Enter the password.")).toBeVisible();
});

test("a session of an earlier visit goes on without signing in", async () => {
  server.use(answers.post("/session", () => [ada, 200]), answers.get("/session", ada));
  const first = render(<App />);
  await fill("ada@hotel.example", "pass");
  await screen.findByText("Ada Holt");
  first.unmount();

  vi.resetModules(); // the page is loaded anew
  const fresh = await import("@/app/App");
  render(<fresh.App />);
  expect(await screen.findByText("Ada Holt")).toBeVisible();
  expect(screen.queryByLabelText("Password")).toBeNull();
});

test("a session that the API has ended leads back to the sign-in page, and says why", async () => {
  auth.haveSession("csrf-1");
  server.use(answers.get("/session", { code: "session_ended", detail: "The session has ended." }, 401));
  render(<App />);
  expect(await screen.findByText(/Your session has ended/)).toBeVisible();
  expect(screen.getByLabelText("Password")).toBeVisible();
  expect(auth.csrf()).toBeNull();
});

test.each([
  ["On this device", ""],
  ["On every device", "?everywhere=1"],
])("signing out %s ends the session at the API too", async (choice, query) => {
  const ended: string[] = [];
  server.use(
    answers.get("/session", ada),
    http.delete(address, ({ request }) => {
      ended.push(new URL(request.url).search + " " + request.headers.get("X-CSRF-Token"));
      return new HttpResponse(null, { status: 204 });
    }),
  );
  auth.haveSession("csrf-1");
  render(<App />);
  const user = userEvent.setup();
  await choose(user, "Sign out", choice);
  expect(await screen.findByLabelText("Password")).toBeVisible();
  expect(ended).toEqual([`${query} csrf-1`]);
  expect(localStorage.getItem("qlobooks.session")).toBeNull();
});

test("a session that could not be ended is not called ended", async () => {
  server.use(
    answers.get("/session", ada),
    http.delete(address, () => HttpResponse.json({ code: "unavailable", detail: "The database does not answer." }, { status: 503 })),
  );
  auth.haveSession("csrf-1");
  render(<App />);
  const user = userEvent.setup();
  await choose(user, "Sign out", "On this device");
  expect(await screen.findByText("The database does not answer.")).toBeVisible();
  expect(screen.queryByLabelText("Password")).toBeNull();
});

test("after a sign-in in another tab the next try has the new CSRF token", async () => {
  const tokens: (string | null)[] = [];
  server.use(
    answers.get("/session", { ...ada, csrf_token: "csrf-1" }),
    http.post("http://qlobooks.test/api/v1/records/hotels/initialize", ({ request }) => {
      tokens.push(request.headers.get("X-CSRF-Token"));
      server.use(answers.get("/session", { ...ada, csrf_token: "csrf-2" }));
      return HttpResponse.json({ code: "csrf", detail: "The request lacks the session's CSRF token." }, { status: 403 });
    }),
  );
  auth.haveSession("csrf-1");
  window.history.replaceState({}, "", "/synchronization/hotels");
  render(<App />);
  const user = userEvent.setup();
  const button = await screen.findByRole("button", { name: "Initialize" });
  await user.click(button);
  await expect.poll(() => auth.csrf()).toBe("csrf-2");
  await user.click(button);
  await expect.poll(() => tokens).toEqual(["csrf-1", "csrf-2"]);
});
