// What the address bar of Zoho Books tells: the data center, and whose books are open.

import type { DataCenter } from "./sections";

const domains: [string, DataCenter][] = [
  ["zoho.com.au", "au"],
  ["zoho.com.cn", "cn"],
  ["zohocloud.ca", "ca"],
  ["zoho.eu", "eu"],
  ["zoho.in", "in"],
  ["zoho.jp", "jp"],
  ["zoho.sa", "sa"],
  ["zoho.uk", "uk"],
  ["zoho.ae", "ae"],
  ["zoho.com", "us"],
];

export type ZohoAddress = { data_center: DataCenter; organization_id: string | null; origin: string };

/** reads https://books.zoho.eu/app/20001234#/home; undefined for what is no address. An unknown host is a custom one. */
export function readZohoAddress(text: string): ZohoAddress | undefined {
  let url: URL;
  try {
    url = new URL(text.trim().includes("://") ? text.trim() : `https://${text.trim()}`);
  } catch {
    return undefined;
  }
  if (!/^https?:$/.test(url.protocol) || (!url.hostname.includes(".") && url.hostname !== "localhost")) return undefined;
  const known = domains.find(([domain]) => url.hostname === domain || url.hostname.endsWith(`.${domain}`));
  const organization = /\/app\/(\d+)/.exec(url.pathname)?.[1] ?? /[?&]organization_id=(\d+)/.exec(url.search)?.[1] ?? null;
  return { data_center: known ? known[1] : "custom", organization_id: organization, origin: url.origin };
}

/** where an application is made, and where it asks for consent */
export function consoleOf(center: string): string {
  const domain = domains.find(([, key]) => key === center)?.[0] ?? "zoho.com";
  return `https://api-console.${domain}`;
}
