// The undo of a run.

const documents = (n: number) => (n === 1 ? "1 document" : `${n} documents`);

export const undoTexts = {
  open: "Undo…",
  title: (run: string) => `Undo: ${run}`,
  text: "This is what the run posted, in the order in which Zoho Books lets it be taken back. Each document is read once more right before that, and left as it stands if somebody worked on it. What is taken back reads Not synced, and is sent again only when somebody asks for it.",
  counts: "What would become of it",
  count: {
    delete: (n: number) => `${documents(n)} deleted`,
    void: (n: number) => `${documents(n)} made void`,
    unapply: (n: number) => `${n === 1 ? "1 refund" : `${n} refunds`} deleted`,
    inactive: (n: number) => `${n} made inactive`,
    refused: (n: number) => `${documents(n)} left as they stand`,
    left: (n: number) => `${n} not touched: there before the run, currencies and journals`,
  },
  sum: (n: number, what: string, amount: string, currency: string) => `${n} × ${what}: ${amount} ${currency}`,
  nothing: "Nothing of this run can be taken back.",
  document: "Document",
  date: "Date",
  amount: "Amount",
  becomes: "What becomes of it",
  stays: "Stays",
  way: {
    delete: "Deleted",
    void: "Void; it keeps its number",
    inactive: "Inactive",
    unapply: "The refund is deleted; the payment it came from is taken back by itself",
  },
  typeFirst: "Give a reason and type the organization ID first.",
  act: "Take it back",
};
