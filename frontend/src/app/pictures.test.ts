import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { places } from "./Shell";

// make pictures writes down the menu that the documentation's pictures show
test("the documentation's pictures show the menu that there is", () => {
  const shown = readFileSync("../docs/img/menu.txt", "utf8").trim().split("\n");
  expect(shown, "draw them anew: make pictures").toEqual(places.map((place) => place.label));
});
