// Small choices of this browser, for example the columns of a list. Without storage they last for the page.

const prefix = "qlobooks.";

export function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(prefix + key) ?? undefined;
  } catch {
    return undefined; // storage is switched off
  }
}

export function remember(key: string, value: string | undefined) {
  try {
    if (value === undefined) localStorage.removeItem(prefix + key);
    else localStorage.setItem(prefix + key, value);
  } catch {
    // storage is switched off
  }
}
