// The words of the inbox: what waits for a person.

export const issuesTexts = {
  title: "Issues",
  intro: "What waits for a person, together by cause. Cure the cause once, then retry all of it.",
  badge: (n: number) => (n === 1 ? "1 document waits for you" : `${n} documents wait for you`),
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
  summary: (documents: string, causes: number) => (causes === 1 ? `${documents} for 1 cause` : `${documents} for ${causes} causes`),
  all: "Show all issues",
  filter: (name: string) => `Only records that wait for: ${name}`,
  clearFilter: "Show all records",
};
