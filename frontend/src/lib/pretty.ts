// JSON laid out for reading, by its text alone: a number keeps every digit that was sent.

/** indents JSON, even one that was cut off; any other text stays as it is */
export function prettyJSON(text: string): string {
  const source = text.trim();
  if (!/^[[{]/.test(source)) return text;
  let out = "";
  let depth = 0;
  const line = () => `\n${"  ".repeat(Math.max(0, depth))}`;
  for (let at = 0; at < source.length; at++) {
    const sign = source.charAt(at);
    if (sign === '"') {
      const end = endOfString(source, at);
      out += source.slice(at, end);
      at = end - 1;
    } else if (sign === "{" || sign === "[") {
      const close = /^\s*[}\]]/.exec(source.slice(at + 1, at + 200));
      if (close) {
        out += sign + close[0].trim();
        at += close[0].length;
      } else {
        depth++;
        out += sign + line();
      }
    } else if (sign === "}" || sign === "]") {
      depth--;
      out += line() + sign;
    } else if (sign === ",") {
      out += sign + line();
    } else if (sign === ":") {
      out += ": ";
    } else if (!/\s/.test(sign)) {
      out += sign;
    }
  }
  return out;
}

/** the place behind a string's closing quote, or the end of a text that was cut off */
function endOfString(source: string, from: number): number {
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] === "\\") at++;
    else if (source[at] === '"') return at + 1;
  }
  return source.length;
}
