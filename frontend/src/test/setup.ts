import "@testing-library/jest-dom/vitest";
import { notifications } from "@mantine/notifications";
import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll, vi } from "vitest";
import { auth } from "@/lib/auth";
import { drafts } from "@/lib/draft";
import { live } from "@/lib/live";
import { server } from "./server";

// real time only bounds how long a test may hang: a busy machine makes everything slow
configure({
  asyncUtilTimeout: 60_000,
  // what a person would read on the page says more than its markup
  getElementError: (message) => new Error(`${message?.split("\n")[0]}\nThe page reads: ${[...document.querySelectorAll("main, [role=dialog], .mantine-Notifications-root")].map((part) => part.textContent).join(" | ").slice(0, 3000)}`),
});

// a reader whose dates begin with the day, unless a test has another
Object.defineProperty(Navigator.prototype, "language", { configurable: true, get: () => "en-GB" });
// What jsdom lacks and the component library asks for.
Object.defineProperty(window, "matchMedia", {
  configurable: true,
  writable: true,
  value: (query: string) => ({ matches: false, media: query, addEventListener() {}, removeEventListener() {}, addListener() {}, removeListener() {}, dispatchEvent: () => false, onchange: null }),
});
class Observer {
  observe() {}
  unobserve() {}
  disconnect() {}
}
vi.stubGlobal("ResizeObserver", Observer);
Object.defineProperty(document, "fonts", { configurable: true, value: { addEventListener() {}, removeEventListener() {} } });
// a list shows the rows that fit its height, and here nothing has one
for (const [name, size] of [["clientHeight", 800], ["clientWidth", 1200], ["offsetHeight", 800], ["offsetWidth", 1200]] as const) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => size });
}
window.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
afterEach(() => {
  cleanup();
  auth.signOut();
  drafts.forget();
  live.pause(false);
  localStorage.clear();
  sessionStorage.clear();
  notifications.clean();
  server.resetHandlers();
});
afterAll(() => server.close());
