// The words of the keyboard: shortcuts and the command palette.

export const keysTexts = {
  title: "Keyboard",
  open: "Find a page, an order or an action",
  placeholder: "Page, order, guest or action",
  none: "Nothing of that name.",
  pages: "Pages",
  orders: "Orders",
  actions: "Actions",
  hint: "Ctrl K",
  list: [
    ["Ctrl K", "Find a page, an order or an action"],
    ["/", "Search in the list"],
    ["j  k", "Next and previous row"],
    ["Enter", "Open the row"],
    ["r", "Synchronize the row, or try it again"],
    ["x", "Select the row"],
    ["Esc", "Close what is open"],
    ["?", "This list"],
  ] as [string, string][],
  pause: "Pause live updates",
  resume: "Go on with live updates",
  resumeShort: "Go on",
  paused: "Live updates are paused",
  pausedText: "What is shown stands still; work goes on.",
  runNow: "Look for changes now",
  newView: "Save this view",
};
