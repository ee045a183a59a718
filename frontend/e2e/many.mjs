// Ten thousand orders in the list: it must stay smooth, short in the page, and true to its end.

const total = 10_000;
const size = 200;
const steps = 120;

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
  const shown = await list.evaluate(async (box, wanted) => {
    const loaded = () => Number(box.querySelector("table").getAttribute("aria-rowcount")) - 1;
    let limit = performance.now() + 60_000; // for the next rows to come, however slow all of them are
    for (let last = 0; loaded() < wanted && performance.now() < limit; ) {
      if (loaded() > last) [last, limit] = [loaded(), performance.now() + 60_000];
      box.scrollTop = box.scrollHeight;
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    box.scrollTop = box.scrollHeight / 2;
    return loaded();
  }, total);
  check("ten thousand orders are reached by scrolling", shown === total, `${shown} rows`);

  // then as somebody turns the wheel; the processor's time is counted, which other programs do not lengthen
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const spent = async () => (await session.send("Performance.getMetrics")).metrics.find((one) => one.name === "TaskDuration").value;
  const before = await spent();
  const [rows, drawn, fresh] = await list.evaluate(async (box, frames) => {
    let most = 0;
    let cells = 0; // every cell that is put into the page or changed
    const watch = new MutationObserver((changes) => {
      for (const change of changes) {
        if (change.type === "characterData") cells++;
        for (const node of change.addedNodes) cells += node.nodeType === 1 ? Math.max(1, node.querySelectorAll("td").length) : 1;
      }
    });
    watch.observe(box, { subtree: true, childList: true, characterData: true });
    for (let at = 0; at < frames; at++) {
      box.scrollTop += 120;
      await new Promise((resolve) => requestAnimationFrame(resolve));
      most = Math.max(most, box.querySelectorAll("tbody tr").length);
    }
    watch.disconnect();
    const row = [...box.querySelectorAll("tbody tr")].find((one) => one.querySelector("td + td"));
    return [most, cells / frames, (120 / row.getBoundingClientRect().height) * row.querySelectorAll("td").length];
  }, steps);
  const each = ((await spent()) - before) * (1000 / steps);
  // how fast this machine is just now: as many frames in which thirty plain rows are drawn anew
  const start = await spent();
  await page.evaluate(async (frames) => {
    const table = document.body.appendChild(document.createElement("table"));
    for (let at = 0; at < frames; at++) {
      table.innerHTML = Array.from({ length: 30 }, (_, row) => `<tr>${`<td>${at} ${row} 28 Nov 2026</td>`.repeat(9)}</tr>`).join("");
      table.getBoundingClientRect();
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    table.remove();
  }, steps);
  const plain = ((await spent()) - start) * (1000 / steps);
  console.log(`     10 000 rows: ${each.toFixed(1)} ms of work for each of ${steps} frames, ${plain.toFixed(1)} ms for thirty plain rows, ${drawn.toFixed(1)} cells drawn a frame of ${fresh.toFixed(1)}, at most ${rows} rows in the page`);
  check("only the visible rows are in the page", rows < 80, `${rows} rows`);
  check("a frame draws the cells that come into sight, and hardly others", drawn <= 1.5 * fresh, `${drawn.toFixed(1)} cells drawn a frame, ${fresh.toFixed(1)} come into sight`);
  check("scrolling stays smooth", each < 3.5 * plain, `${each.toFixed(1)} ms a frame, ${plain.toFixed(1)} ms for thirty plain rows`);
  await page.close();
}
