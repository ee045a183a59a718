import { expect, test } from "vitest";
import { prettyJSON } from "./pretty";

test("JSON is laid out and every digit stays", () => {
  expect(prettyJSON('{"total":1560.00,"id":46000000000038080123,"lines":[{"name":"a, \\"b\\" {c}"}],"none":[]}')).toBe(
    '{\n  "total": 1560.00,\n  "id": 46000000000038080123,\n  "lines": [\n    {\n      "name": "a, \\"b\\" {c}"\n    }\n  ],\n  "none": []\n}',
  );
});

test("what was cut off or is no JSON is shown all the same", () => {
  expect(prettyJSON('{"name":"cut o')).toBe('{\n  "name": "cut o');
  expect(prettyJSON("<html>down</html>")).toBe("<html>down</html>");
});
