// Answers that come late and out of order, as on a slow machine or a bad line, the same for the same seed.

import { setTimeout as pause } from "node:timers/promises";

/** numbers from 0 to 1, always the same ones of a seed (mulberry32) */
function numbers(seed) {
  let at = seed;
  return () => {
    at = (at + 0x6d2b79f5) | 0;
    let one = Math.imul(at ^ (at >>> 15), at | 1);
    one ^= one + Math.imul(one ^ (one >>> 7), one | 61);
    return ((one ^ (one >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** holds back what the API answers, before it is asked or after it has answered; with `deaf` there are no events */
export async function late(context, seed, deaf) {
  const next = numbers(seed);
  await context.route("**/api/v1/**", async (route) => {
    const request = route.request();
    if (new URL(request.url()).pathname.endsWith("/events")) return deaf ? route.abort() : route.continue();
    if (!seed || request.resourceType() !== "fetch") return route.continue();
    const wait = next() < 0.05 ? 6_000 : next() * 2_500;
    const before = next() < 0.5;
    try {
      if (before) await pause(wait);
      const response = await route.fetch({ timeout: 0 });
      if (!before) await pause(wait);
      await route.fulfill({ response });
    } catch {
      // the page has gone, or does not ask any longer
      await route.abort().catch(() => undefined);
    }
  });
}
