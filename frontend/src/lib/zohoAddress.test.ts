import { expect, test } from "vitest";
import { consoleOf, readZohoAddress } from "./zohoAddress";

test.each([
  ["https://books.zoho.eu/app/20001234#/home/dashboard", "eu", "20001234"],
  ["books.zoho.com/app/60012345678", "us", "60012345678"],
  ["https://books.zoho.com.au/app/1#/invoices", "au", "1"],
  ["https://books.zohocloud.ca/app/77", "ca", "77"],
  ["  https://books.zoho.in/app/9  ", "in", "9"],
  ["https://accounts.zoho.uk/signin", "uk", null],
  ["https://books.hotel.example/app/5", "custom", "5"],
])("%s is the data center %s and the organization %s", (address, center, organization) => {
  expect(readZohoAddress(address)).toMatchObject({ data_center: center, organization_id: organization });
});

test("a name that only looks like Zoho's is a custom address, and other text is none", () => {
  expect(readZohoAddress("https://notzoho.eu/app/1")?.data_center).toBe("custom");
  expect(readZohoAddress("https://zoho.eu.evil.example/app/1")?.data_center).toBe("custom");
  for (const text of ["", "our books", "ftp://books.zoho.eu/app/1", "javascript:alert(1)"]) expect(readZohoAddress(text)).toBeUndefined();
});

test("each data center has its own console", () => {
  expect(consoleOf("eu")).toBe("https://api-console.zoho.eu");
  expect(consoleOf("us")).toBe("https://api-console.zoho.com");
});
