// The words about messages to the webhook.

const last = 20; // messages that the page shows

export const alertsTexts = {
  last,
  title: "Messages",
  note: `The last ${last} messages to the address below, newest first.`,
  test: "Send a test",
  trial: "Test",
  arrived: "The test arrived.",
  notTaken: (why: string | null) => `The test was not taken${why ? `: ${why}` : "."}`,
  noAddress: "Save an address below first.",
  none: "No message was sent yet.",
  at: "When",
  event: "Event",
  outcome: "What became of it",
  state: {
    waiting: "Tried again later",
    sending: "On its way",
    delivered: "Delivered",
    given_up: "Not taken",
    unknown: "Not known",
  },
};

/** every event that a message can be sent for, as the API names them */
export const alertEvents = [
  { value: "run_failed", label: "A run failed", effect: "A run could not work at all." },
  { value: "brake", label: "A run waits at a brake", effect: "It wants to change more than the limits allow, and goes on when somebody releases it." },
  { value: "grant_revoked", label: "Access was revoked", effect: "Zoho Books no longer accepts the access; everything waits for a new connection." },
  { value: "records_held", label: "Documents are held", effect: "Documents wait for a person, gathered over five minutes." },
  { value: "daily_limit", label: "The day's calls are used up", effect: "What is left goes on when Zoho Books counts a new day." },
  { value: "schedule_stopped", label: "The schedule stands still", effect: "It is switched on, and no look for changes began for three intervals." },
  { value: "worker_silent", label: "No worker reports", effect: "Nothing was heard of any worker for half a minute, so nothing is sent." },
  { value: "reconciliation_differs", label: "The reconciliation differs", effect: "A reconciliation ended with differences." },
  { value: "month_drifted", label: "A closed month changed", effect: "A document of a closed month is not as it was agreed any more, in QloApps or in Zoho Books." },
  { value: "many_failures", label: "Many records failed", effect: "More than 20 records failed or were refused; told once a day while it is so." },
  { value: "run_ended", label: "Every run that ended", effect: "For other programs: comes often." },
  { value: "records_changed", label: "Every record that changed", effect: "For other programs: which records came to be in another state, gathered over a minute." },
];
