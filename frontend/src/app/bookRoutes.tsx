// Pairing, payments from Zoho, tools and tokens: their addresses and their places in the menu.

import { IconCreditCard, IconKey, IconTool, IconUsersGroup } from "@tabler/icons-react";
import { type AnyRoute, createRoute } from "@tanstack/react-router";
import { lazy } from "react";
import { type PairingSearch, pairingStates } from "@/features/pairing/pairing.api";
import { type PaymentsSearch, paymentFilters, paymentStates, type StatementSearch } from "@/features/payments/payments.api";
import { isOneOf } from "@/lib/sections";
import { t } from "@/lib/texts";

const PairingPage = lazy(() => import("@/features/pairing/PairingPage").then((m) => ({ default: m.PairingPage })));
const PaymentsPage = lazy(() => import("@/features/payments/PaymentsPage").then((m) => ({ default: m.PaymentsPage })));
const ToolsPage = lazy(() => import("@/features/tools/ToolsPage").then((m) => ({ default: m.ToolsPage })));
const TokensPage = lazy(() => import("@/features/tokens/TokensPage").then((m) => ({ default: m.TokensPage })));

const icon = { size: 19, stroke: 1.7, "aria-hidden": true } as const;

export const bookPlaces = {
  pairing: { to: "/pairing", label: t.pairing.title, icon: <IconUsersGroup {...icon} /> },
  payments: { to: "/payments", label: t.payments.title, icon: <IconCreditCard {...icon} /> },
  tools: { to: "/tools", label: t.tools.title, icon: <IconTool {...icon} /> },
  tokens: { to: "/tokens", label: t.tokens.title, icon: <IconKey {...icon} /> },
};

export function bookRoutes(root: AnyRoute) {
  const getParentRoute = () => root;
  const pairing = createRoute({
    getParentRoute,
    path: "/pairing",
    validateSearch: (raw: Record<string, unknown>): PairingSearch => ({
      ...(raw.q ? { q: String(raw.q) } : {}),
      ...(isOneOf(pairingStates, raw.status) ? { status: raw.status } : {}),
    }),
    component: function Pairing() {
      return <PairingPage search={pairing.useSearch()} />;
    },
  });
  const payments = createRoute({
    getParentRoute,
    path: "/payments",
    validateSearch: paymentsSearch,
    component: function Payments() {
      return <PaymentsPage view="list" search={payments.useSearch()} />;
    },
  });
  const statements = createRoute({
    getParentRoute,
    path: "/payments/statements",
    validateSearch: statementsSearch,
    component: function Statements() {
      return <PaymentsPage view="statements" search={statements.useSearch()} />;
    },
  });
  const tools = createRoute({ getParentRoute, path: "/tools", component: ToolsPage });
  const tokens = createRoute({ getParentRoute, path: "/tokens", component: TokensPage });
  return [pairing, payments, statements, tools, tokens];
}

/** keeps what is understood, as the other lists do */
function paymentsSearch(raw: Record<string, unknown>): PaymentsSearch {
  return { ...(isOneOf(paymentStates, raw.status) ? { status: raw.status } : {}), ...(raw.q ? { q: String(raw.q) } : {}), ...statementsSearch(raw) };
}

function statementsSearch(raw: Record<string, unknown>): StatementSearch {
  const search: StatementSearch = {};
  for (const [name, form] of Object.entries(paymentFilters)) {
    const text = String(raw[name] ?? "");
    if (form.test(text)) search[name as keyof typeof paymentFilters] = text;
  }
  return search;
}
