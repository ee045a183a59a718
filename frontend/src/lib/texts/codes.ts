// Names of causes, for places that show only a code, and the page where each is cured. The names are the
// server's own: titles.gen.json is written from its table by a test there.
import { noticeName } from "./states";
import titles from "./titles.gen.json";

export function codeName(code: string): string {
  const known = (titles as Record<string, string>)[code];
  if (known) return known;
  const words = code.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** the short name of a notice; undefined for one that only its own words tell */
export function noticeTitle(code: string): string | undefined {
  return noticeName[code] ?? (titles as Record<string, string>)[code];
}

const connection = { to: "/configuration", label: "Open Configuration, API" };
const orders = { to: "/configuration/orders", label: "Open Configuration, Orders" };
const payments = { to: "/configuration/payments", label: "Open Configuration, Payments" };
const currencies = { to: "/configuration/currencies", label: "Open Configuration, Currencies" };

export const cureLink: Record<string, { to: string; label: string }> = {
  not_connected: connection,
  grant_revoked: connection,
  setup_required: connection,
  mapping_missing: { to: "/mapping", label: "Open the mapping" },
  currency_off: currencies,
  period_locked: orders,
  totals_differ: orders,
  number_taken: orders,
  skipped_before_date: orders,
  before_export_invoice: orders,
  skipped_hotel: { to: "/configuration/hotels", label: "Open Configuration, Hotels" },
  skipped_inactive: { to: "/configuration/customers", label: "Open Configuration, Customers" },
  skipped_method: payments,
  skipped_export_off: payments,
};

/** what the address of the consent page says when Zoho or QloBooks refused */
const tooLate = "The consent took longer than ten minutes, came from another browser, or was used already. Connect again.";

export const consentError: Record<string, string> = {
  access_denied: "Consent was refused on Zoho's page. Nothing was connected.",
  consent_refused: "Consent was refused on Zoho's page. Nothing was connected.",
  invalid_state: tooLate,
  state: tooLate,
  client_missing: "The application has no client ID or secret. Enter both, save, and connect again.",
  no_refresh_token: "Zoho gave no lasting access. Remove QloBooks under Connected Apps in your Zoho account, then connect again.",
  grant_revoked: "Zoho withdrew the access again. Connect once more.",
  zoho_unavailable: "Zoho did not answer. Connect again in a few minutes.",
  invalid_client: "Zoho does not know this client ID in this data center. Compare it with the API console, and the data center with the address of Zoho Books.",
  invalid_client_secret: "The client secret is not the one of this application. Copy it again from the API console, replace it here, and connect.",
  invalid_redirect_uri: "The application lacks this redirect URL. Enter it in the API console as Authorized Redirect URI, exactly as shown here.",
  grant_refused: "Zoho refused the access. Look at client ID, client secret and data center, then connect again.",
  invalid_code: tooLate,
};
