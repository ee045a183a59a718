// The words about messages to the webhook.

export const alertsTexts = {
  title: "Messages",
  note: "What was sent to the address below, newest first.",
  test: "Send a test",
  arrived: "The test arrived.",
  notTaken: (why: string | null) => `The test was not taken${why ? `: ${why}` : "."}`,
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
  "run_failed",
  "brake",
  "grant_revoked",
  "records_held",
  "daily_limit",
  "schedule_stopped",
  "worker_silent",
  "reconciliation_differs",
  "many_failures",
  "run_ended",
  "records_changed",
];
