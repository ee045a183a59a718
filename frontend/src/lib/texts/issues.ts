// The words of the inbox: what waits for a person.

export const issuesTexts = {
  title: "Issues",
  intro: "What waits for a person, together by cause. Cure the cause once, and what waits for it goes on.",
  badge: (n: number) => (n === 1 ? "1 thing waits for you" : `${n} things wait for you`),
  byItself: "Goes on by itself",
  handledTitle: "Dealt with",
  handle: "Dealt with",
  handleTitle: (name: string) => `Is «${name}» dealt with?`,
  handleText: "It is not counted any more until another document comes to wait for it. The documents themselves stay as they are.",
  handledBy: (who: string, why: string) => `${who}: ${why}`,
  cureDone: "Done.",
  seen: "First seen",
  seenLast: "last",
  days: (n: number) => `${n} in the last 14 days`,
  runs: (n: number) => (n === 1 ? "1 run" : `${n} runs`),
  payments: (n: number) => (n === 1 ? "1 payment" : `${n} payments`),
  none: "Nothing waits for you",
  noneText: "Every document that was queued is posted or on its way.",
  documents: (n: number) => (n === 1 ? "1 document" : `${n} documents`),
  show: "Show",
  records: {
    hotels: (n: number) => (n === 1 ? "1 hotel" : `${n} hotels`),
    "room-types": (n: number) => (n === 1 ? "1 room type" : `${n} room types`),
    "service-products": (n: number) => (n === 1 ? "1 service product" : `${n} service products`),
    customers: (n: number) => (n === 1 ? "1 customer" : `${n} customers`),
    currencies: (n: number) => (n === 1 ? "1 currency" : `${n} currencies`),
    orders: (n: number) => (n === 1 ? "1 order" : `${n} orders`),
  } as Record<string, (n: number) => string>,
  amounts: "Amounts that wait",
  retry: "Retry all",
  retryTitle: (name: string) => `Retry all of «${name}»?`,
  retryText: (documents: string) =>
    `${documents} will be checked again now. Where the cause still stands nothing is posted, and it waits again with the same words.`,
  retryNow: "Retry now",
  retried: "Queued again.",
  summary: (documents: number, causes: number) => {
    const of = causes === 1 ? "1 cause" : `${causes} causes`;
    return documents === 0 ? of : `${documents === 1 ? "1 document" : `${documents} documents`} for ${of}`;
  },
  all: "Show all issues",
  filter: (name: string) => `Only records that wait for: ${name}`,
  clearFilter: "Show all records",
};
