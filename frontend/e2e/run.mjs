// Walks the running product in Chromium as a bookkeeper would, and holds every page to axe.
// E2E_URL and E2E_TOKEN name a product that runs already, with E2E_EMAIL and E2E_PASSWORD of an
// administrator for the part about employees, E2E_ZOHO and E2E_DESK the addresses of the books and of
// the hotel's front desk for the guide's story; without them two demos are started, one of each
// version of QloApps, which are walked at the same time.
// E2E_SHOTS names a folder for pictures of every page; E2E_PART walks only this part: employee, walk,
// steps, many, hostile, start, guide, look or older; pictures draws those of the documentation.
// E2E_SLOW=<seed> holds back every answer of the API by up to 2.5 s, now and then by 6, so that they come late and
// out of order; E2E_DEAF=1 cuts the streams of events, so that pages have to ask.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { books } from "./books.mjs";
import { guide } from "./guide.mjs";
import { patience } from "./hands.mjs";
import { hostile } from "./hostile.mjs";
import { late } from "./late.mjs";
import { many } from "./many.mjs";
import { older } from "./older.mjs";
import { pictures } from "./pictures.mjs";
import { start } from "./start.mjs";
import { steps } from "./steps.mjs";
import { walk } from "./story.mjs";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.E2E_SHOTS;
if (shots) mkdirSync(shots, { recursive: true });

let passed = 0;
let failed = 0;
function check(name, ok, detail = "") {
  if (ok) passed++;
  else failed++;
  console.log(`${ok ? "ok  " : "FAIL"} ${name}${ok || !detail ? "" : `: ${detail}`}`);
}

function findChromium() {
  const found = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  if (!found) throw new Error("No Chromium was found. Install it with: apt-get install chromium");
  return found;
}

async function startDemo(version) {
  const demo = spawn("go", ["run", "./internal/demo"], { cwd: new URL("../..", import.meta.url).pathname, detached: true, env: { ...process.env, DEMO_QLOAPPS: version, DEMO_PLAIN: "1" }, stdio: ["ignore", "pipe", "inherit"] });
  const stop = () => {
    try {
      process.kill(-demo.pid, "SIGTERM");
    } catch {
      // it has ended by itself
    }
  };
  process.on("exit", stop);
  const out = await new Promise((resolve, reject) => {
    let text = "";
    demo.stdout.on("data", (chunk) => {
      text += chunk;
      if (/^LOGIN (.+)$/m.test(text)) resolve(text);
    });
    demo.on("exit", (code) => reject(new Error(`the demo ended with ${code}:\n${text}`)));
    setTimeout(() => reject(new Error(`the demo did not get ready:\n${text}`)), 8 * 60_000).unref();
  });
  const [, email, password] = /^Sign in as (\S+) with the password «(.+)»/m.exec(out);
  const zoho = /rehearsal books stand at (\S+)/.exec(out)[1];
  const desk = /front desk.* stands at (\S+)/.exec(out)[1];
  return { zoho, desk, url: /^URL (.+)$/m.exec(out)[1].trim(), token: /^LOGIN (.+)$/m.exec(out)[1].trim(), email, password, stop };
}

/** holds the page to all of axe's rules, or to these */
async function audit(page, name, rules) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const result = await page.evaluate((values) => globalThis.axe.run(document, values ? { runOnly: { type: "rule", values } } : {}), rules);
  const words = result.violations.map((v) => `${v.id} (${v.nodes.length}): ${v.nodes[0].html.slice(0, 160)} | ${v.nodes[0].failureSummary?.slice(0, 200)}`).join("\n     ");
  check(`axe finds nothing on ${name}`, result.violations.length === 0, words);
}

async function fits(page, name) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(`${name} does not scroll sideways`, over <= 0, `${over} px too wide`);
}

/** how little stands above a list's first row, below what is said of the whole product */
async function startsAtOnce(page, name, width) {
  const above = await page.evaluate(() => {
    const row = document.querySelector("main tr[data-row], main li[data-index='0']");
    return row && Math.round(row.getBoundingClientRect().top - document.querySelector("main").getBoundingClientRect().top);
  });
  const most = width < 768 ? 200 : 180;
  if (above !== null && page.url().includes("/synchronization/")) check(`the list begins at once on ${name}`, above <= most, `${above} px of ${most}`);
}

const pages = JSON.parse(readFileSync(new URL("pages.json", import.meta.url), "utf8"));

async function signIn(page, url, token) {
  await page.goto(url);
  await page.getByRole("button", { name: "Use an API token instead" }).click();
  await page.getByLabel("API token", { exact: true }).fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
}

/** two frames have been drawn, and every color has come to its end: one that is inherited begins to change while
 * that of its parent does */
const painted = (page) =>
  page.evaluate(async () => {
    for (let changing = [null]; changing.length > 0; ) {
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      changing = document.getAnimations().filter((a) => a instanceof CSSTransition && a.playState !== "finished");
      await Promise.allSettled(changing.map((a) => a.finished));
    }
  });

/** once more in the dark: what differs from the light is colors, so only these are looked at again */
async function inTheDark(page, name, picture) {
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await page.waitForFunction(() => document.documentElement.dataset.mantineColorScheme === "dark", null, patience).then(() => true, () => false);
  check(`${name} turns dark`, dark);
  await painted(page);
  if (picture) await page.screenshot(picture);
  await audit(page, name, ["color-contrast", "link-in-text-block"]);
  await page.emulateMedia({ colorScheme: "light" });
}

/** what may become wrong only by the room there is; what a page is made of was looked at already */
const layout = ["color-contrast", "target-size", "scrollable-region-focusable", "aria-hidden-focus", "button-name", "link-name", "link-in-text-block", "region"];

/** once more as at 200 % zoom, where the same window has half the room each way */
async function zoomed(page, name) {
  const before = page.viewportSize();
  await page.setViewportSize({ width: before.width / 2, height: before.height / 2 });
  await painted(page);
  await fits(page, `${name} at 200 % zoom`);
  await startsAtOnce(page, `${name} at 200 % zoom`, before.width / 2);
  await audit(page, `${name} at 200 % zoom`, layout);
  await page.setViewportSize(before);
}

async function look(browser, url, token, width) {
  const context = await browser.newContext({ colorScheme: "light", viewport: { width, height: 900 }, reducedMotion: "reduce" });
  const page = await context.newPage();
  const troubles = [];
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
  await page.goto(url);
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await audit(page, `sign-in, light ${width}`);
  if (shots) await page.screenshot({ path: `${shots}/signin-light-${width}.png` });
  await inTheDark(page, `sign-in, dark ${width}`, shots && { path: `${shots}/signin-dark-${width}.png` });
  await signIn(page, url, token);
  const run = await page.request.get(`${url}/api/v1/runs?limit=1`, { headers: { Authorization: `Bearer ${token}` } }).then((answer) => answer.json());
  for (const [name, path, title] of pages) {
    await page.goto(url + path.replace("{run}", run.items[0].id));
    await page.getByRole("heading", { level: 1, name: title.replace("{title}", run.items[0].title) }).waitFor();
    // everything that is still to come has its placeholder, and then stands still
    await page.waitForFunction(() => !document.querySelector("[role=status][aria-label=Loading]") && document.fonts.status === "loaded");
    await painted(page);
    const picture = (scheme) => shots && { path: `${shots}/${name}-${scheme}-${width}.png`, fullPage: name !== "orders" };
    if (shots) await page.screenshot(picture("light"));
    await audit(page, `${name}, light ${width}`);
    await fits(page, `${name}, ${width}`);
    await startsAtOnce(page, `${name}, ${width}`, width);
    if (width === 1440) await zoomed(page, name);
    await inTheDark(page, `${name}, dark ${width}`, picture("dark"));
  }
  check(`no page reports an error, ${width}`, troubles.length === 0, troubles.slice(0, 3).join(" | "));
  await context.close();
}

/** asks the API itself whether it has a path; a body that it refuses is an answer too */
function has(url, token) {
  return async (method, path) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: method === "GET" ? undefined : '{"unknown":true}',
    });
    await answer.body?.cancel();
    return answer.status !== 404 && answer.status !== 405 && answer.status !== 501;
  };
}

/** steps whose part of the API is not there yet are named, not counted; E2E_ALL=1 counts them as failed */
async function later(name, present) {
  if (await present) return true;
  if (process.env.E2E_ALL) check(name, false, "it is not there");
  else console.log(`wait ${name}: it is not there`);
  return false;
}

// an employee's session outlives a reload, and ends where it is ended
async function employee(browser, url, email, password) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(url);
  const enter = async (secret) => {
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(secret);
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  await enter("guess");
  check("a wrong password is refused in words", await page.getByText(/the password is not right/).waitFor(patience).then(() => true, () => false));
  await enter(password);
  await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  const cookie = (await context.cookies()).find((c) => c.name === "qlobooks_session");
  check("the session's cookie is out of reach of the page", cookie?.httpOnly && cookie.sameSite === "Lax" && !(await page.evaluate(() => document.cookie)).includes("qlobooks"));
  await page.reload();
  check("a session outlives a reload", await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor(patience).then(() => true, () => false));
  await page.goto(`${url}/synchronization/hotels`);
  const [began] = await Promise.all([
    page.waitForResponse((r) => r.url().endsWith("/records/hotels/initialize")),
    page.getByRole("button", { name: "Initialize again" }).click(),
  ]);
  check("an employee can work", began.status() === 202, String(began.status()));
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("menuitem", { name: "On every device" }).click();
  await page.getByLabel("E-mail address").waitFor();
  const answer = await context.request.get(`${url}/api/v1/session`);
  check("signing out ends the session at the API", answer.status() === 401);
  await context.close();
}

const part = (name) => !process.env.E2E_PART || process.env.E2E_PART === name;
const size = { viewport: { width: 1440, height: 900 } };

/** every part but the older hotel's, one after the other, as they share the product */
async function present(browser, product) {
  const { url, token } = product;
  if (part("employee") && product.email) await employee(browser, url, product.email, product.password);
  const context = await browser.newContext(size);
  if (part("walk")) await walk({ context, url, token, check, later, there: has(url, token), signIn });
  if (part("steps")) await steps({ ...product, context, check, signIn });
  if (part("many")) await many(context, url, token, check, signIn);
  if (part("hostile")) await hostile({ context, url, token, check, signIn, painted });
  if (part("start") && product.zoho) {
    const fresh = await browser.newContext(size); // who signs in with a password there stays signed in
    await start({ ...product, context: fresh, check, signIn });
    await fresh.close();
  }
  if (part("guide") && (await later("the guide's whole story", Boolean(product.zoho && product.desk)))) {
    const story = { ...product, context, check, signIn };
    await guide(story);
    await books(story);
  }
  await context.close();
  if (process.env.E2E_PART === "pictures") await pictures(browser, { url, token, check, signIn, painted });
  if (part("look")) await Promise.all([1440, 375].map((width) => look(browser, url, token, width)));
}

/** the guide's story and the switches on the hotel as QloApps 1.6 keeps it */
async function past(browser, product) {
  const context = await browser.newContext(size);
  const story = { ...product, context, signIn, check: (name, ...rest) => check(`QloApps 1.6: ${name}`, ...rest) };
  await guide(story);
  await older(story);
  await context.close();
}

/** a story that breaks off fails by itself, with what its pages show, and the other goes on */
const told = (name, story) => story.catch(async (error) => check(`${name} came to its end`, false, `${error.stack}\n${await shown()}`));

/** what every open page shows */
async function shown() {
  const pages = browser.contexts().flatMap((context) => context.pages());
  const texts = await Promise.all(pages.map(async (page) => `${page.url()} shows: ${(await page.locator("body").innerText({ timeout: 5_000 }).catch((error) => error.message)).slice(0, 3000)}`));
  return texts.join("\n");
}

const given = process.env.E2E_URL && process.env.E2E_TOKEN;
const stops = [];
async function demo(version) {
  const product = await startDemo(version);
  stops.push(product.stop);
  return product;
}
const browser = await chromium.launch({
  executablePath: findChromium(),
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
// real time only bounds how long a step may hang
const open = browser.newContext.bind(browser);
browser.newContext = async (options) => {
  const context = await open(options);
  context.setDefaultTimeout(patience.timeout);
  if (process.env.E2E_SLOW || process.env.E2E_DEAF) await late(context, Number(process.env.E2E_SLOW ?? 0), Boolean(process.env.E2E_DEAF));
  return context;
};
try {
  const stories = [];
  if (given) {
    const product = { url: process.env.E2E_URL, token: process.env.E2E_TOKEN, email: process.env.E2E_EMAIL, password: process.env.E2E_PASSWORD, zoho: process.env.E2E_ZOHO, desk: process.env.E2E_DESK };
    stories.push(told("the walk", process.env.E2E_PART === "older" ? past(browser, product) : present(browser, product)));
  } else {
    if (process.env.E2E_PART !== "older") stories.push(told("the walk", demo("1.7").then((product) => present(browser, product))));
    if (part("older")) stories.push(told("the walk through the older hotel", demo("1.6").then((product) => past(browser, product))));
  }
  await Promise.all(stories);
} finally {
  await browser.close();
  for (const stop of stops) stop();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
