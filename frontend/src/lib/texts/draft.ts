// Invoices that stand as drafts until somebody marks them as sent.

export const draftTexts = {
  name: "Draft",
  meaning: "It stands in Zoho Books as a draft, which is in no ledger. Mark as sent posts it.",
  filter: "Drafts",
  send: "Mark drafts as sent",
  text: "Invoices that stand as drafts in Zoho Books are marked as sent there and so posted. Nobody is mailed. Payments and credit notes that waited for them follow by themselves.",
  all: "All drafts",
  matching: "The drafts among the orders that match the filters",
  chosen: (n: number) => (n === 1 ? "The drafts of 1 chosen order" : `The drafts of ${n} chosen orders`),
  counting: "being counted",
  count: (documents: number, orders: number) =>
    documents === 0 ? "none" : `${documents === 1 ? "1 document" : `${documents} documents`} of ${orders === 1 ? "1 order" : `${orders} orders`}`,
};
