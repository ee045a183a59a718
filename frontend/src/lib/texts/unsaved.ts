// The words about changes that are not saved yet, and about two people who change the same.

export const unsavedTexts = {
  title: (n: number) => (n === 1 ? "1 unsaved change" : `${n} unsaved changes`),
  text: "They are lost when you leave this page.",
  save: "Save and leave",
  leave: "Leave without saving",
  stay: "Stay here",
  restored: "This is what you had entered before you were signed out. It is not saved yet.",
  nothing: "Nothing is changed.",
  bar: (n: number) => (n === 1 ? "1 change is not saved." : `${n} changes are not saved.`),
  conflict: (who: string, when: string) => `${who} has changed this too, at ${when}`,
  somebody: "Somebody",
  theirs: "Keep theirs",
  mine: "Save mine over it",
  conflictText: "Nothing of yours was saved yet. Your other changes stay in the form either way.",
};
