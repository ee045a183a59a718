// Consent leads through Zoho's own page. Who came from the way in goes on there afterwards.

const key = "qlobooks.start";

export function rememberStart(prepare: boolean) {
  try {
    sessionStorage.setItem(key, prepare ? "prepare" : "connect");
  } catch {
    // without storage the consent ends on the Configuration page, as it always may
  }
}

/** whether the consent that has just ended was asked for on the way in; told once */
export function cameFromStart(): "prepare" | "connect" | undefined {
  try {
    const found = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    return found === "prepare" || found === "connect" ? found : undefined;
  } catch {
    return undefined;
  }
}
