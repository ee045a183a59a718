// Periods that are closed in Zoho Books, said before anything is queued.

export const locksTexts = {
  sales: (day: string) => `Zoho Books has locked sales up to and including ${day}: invoices, credit notes, payments and refunds.`,
  banking: (day: string) => `Zoho Books has locked banking up to and including ${day}: payments and refunds.`,
  none: "Nothing of this selection is dated in a locked period.",
  moved: (n: number) =>
    n === 0 ? "" : n === 1 ? "1 document is dated in a locked period and would bear the first open day." : `${n} documents are dated in a locked period and would bear the first open day.`,
  held: (n: number, policy: string) => {
    if (n === 0) return "";
    const what = n === 1 ? "1 document concerns a locked period and would wait" : `${n} documents concern a locked period and would wait`;
    return policy === "first_open_day" ? `${what}: money of the bank, and changes of what stands there.` : `${what} until it is unlocked (Configuration, Orders: hold).`;
  },
};
