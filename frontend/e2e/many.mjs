// Ten thousand orders in the list: it must stay smooth, short in the page, and true to its end.

const total = 10_000;
const size = 200;

function order(n) {
  const id = String(total - n);
  const one = (text, url = null) => ({ text, url });
  return {
    source_id: id,
    name: `MANY${id.padStart(5, "0")}`,
    status: n % 7 === 0 ? "held" : "synced",
    phase: n % 3 === 0 ? "payment_sync" : "synced",
    paired: false,
    zoho_id: null,
    zoho_number: null,
    zoho_url: null,
    qloapps_url: null,
    last_synced_at: "2026-11-25T22:44:20Z",
    issue: n % 7 === 0 ? { code: "currency_off", title: "Foreign currencies are off", detail: "", action: "Switch them on." } : null,
    notices: [],
    fields: { guest: one("Alex Morgan"), hotel: one("Larkspur House"), check_in: one("2026-11-20"), check_out: one("2026-11-21"), total: one("124.80"), paid: one("124.80"), currency: one("USD"), zoho_invoice_number: [one(`#LK${id}`)] },
  };
}

export async function many(context, url, token, check, signIn) {
  const page = await context.newPage();
  await signIn(page, url, token);
  await page.route("**/api/v1/records/orders?**", (route) => {
    const query = new URL(route.request().url()).searchParams;
    const from = Number(query.get("cursor") ?? 0);
    const limit = Number(query.get("limit") ?? size);
    const items = Array.from({ length: Math.min(limit, total - from) }, (_, at) => order(from + at));
    const next = from + limit < total ? String(from + limit) : null;
    return route.fulfill({ json: { items, next_cursor: next, counts: { synced: 8571, held: 1429 }, initialized_at: "2026-11-25T22:44:13Z" } });
  });
  await page.goto(`${url}/synchronization/orders`);
  await page.getByText("MANY10000").waitFor();
  const list = page.getByRole("region", { name: "Order records" });
  const result = await list.evaluate(async (box, wanted) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const times = [];
    let rows = 0;
    let still = 0;
    let height = 0;
    const limit = performance.now() + 90_000;
    while (still < 40 && performance.now() < limit) {
      const before = performance.now();
      box.scrollTop += 1400;
      await frame();
      times.push(performance.now() - before);
      rows = Math.max(rows, box.querySelectorAll("tbody tr").length);
      still = box.scrollHeight === height && box.scrollTop + box.clientHeight >= box.scrollHeight - 2 ? still + 1 : 0;
      height = box.scrollHeight;
    }
    times.sort((a, b) => a - b);
    return { rows, shown: Number(box.querySelector("table").getAttribute("aria-rowcount")) - 1, wanted, frames: times.length, median: times[Math.floor(times.length / 2)], worst: times[Math.floor(times.length * 0.95)] };
  }, total);
  console.log(`     10 000 rows: ${result.frames} frames, median ${result.median.toFixed(1)} ms, 95 % under ${result.worst.toFixed(1)} ms, at most ${result.rows} rows in the page`);
  check("ten thousand orders are reached by scrolling", result.shown === total, `${result.shown} rows`);
  check("only the visible rows are in the page", result.rows < 80, `${result.rows} rows`);
  check("scrolling stays smooth", result.median < 50, `median ${result.median.toFixed(1)} ms`);
  await page.close();
}
