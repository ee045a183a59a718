// The words about who tried to sign in.

export const signInsTexts = {
  title: "Sign-ins",
  everybody: "Who signed in or tried to, newest first. Of very many refused ones only some are listed.",
  own: "Your own, newest first: one that you do not know is a reason to change your password in QloApps and to sign out everywhere.",
  none: "Nobody has signed in with a QloApps employee yet.",
  noneOwn: "You have not signed in with a QloApps employee yet.",
  at: "When",
  account: "Account",
  from: "From",
  outcome: "Outcome",
  more: "Show older",
  outcomes: {
    signed_in: "Signed in",
    refused: "Refused",
    throttled: "Too many wrong ones: not looked at for a while",
  },
};
