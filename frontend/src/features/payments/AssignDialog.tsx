import { Button, Group, Loader, Radio, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Dialog } from "@/components/Dialog";
import { Problem } from "@/api/problem";
import type { RecordItem } from "@/api/types";
import { BusyButton } from "@/components/BusyButton";
import { notifyDone, useAsked } from "@/components/notify";
import { Failure, Note } from "@/components/states";
import { recordQuery } from "@/features/records/records.api";
import { formatAmount } from "@/lib/money";
import { t } from "@/lib/texts";
import { formatDay } from "@/lib/time";
import classes from "./PaymentsPage.module.css";
import { type ImportedPayment, ordersQuery, useAssign } from "./payments.api";

/** what is asked once and done when it is meant */
const questions = ["overpaid", "other_guest"];

/** says to which order a payment belongs, and to which of its invoices */
export function AssignDialog({ payment, close }: { payment: ImportedPayment; close: () => void }) {
  const [text, setText] = useState("");
  const [order, setOrder] = useState<RecordItem | null>(null);
  const [invoice, setInvoice] = useState<string | null>(null);
  const [missing, setMissing] = useState(false);
  const [q] = useDebouncedValue(text.trim(), 250);
  const orders = useQuery(ordersQuery(q));
  const assign = useAssign();
  const tell = useAsked();
  const number = payment.number || payment.id;
  const problem = assign.error instanceof Problem ? assign.error : undefined;
  const asked = problem !== undefined && questions.includes(problem.code);
  const found = q ? (orders.data?.items ?? []) : [];
  const take = (id: string) => {
    setOrder(found.find((one) => one.source_id === id) ?? null);
    setInvoice(null);
    setMissing(false);
    assign.reset(); // a question about another order is none about this one
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(!order);
    if (!order) return;
    tell(assign.mutateAsync({ id: payment.id, order: order.source_id, invoice, confirm: asked }), (_, there) => {
      notifyDone(t.payments.done(number, order.name));
      if (there) close();
    });
  };
  return (
    <Dialog onClose={close} title={t.payments.assignTitle(number)} size="lg">
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">{t.payments.assignText(`${formatAmount(payment.amount, payment.currency)} ${payment.currency}`)}</Text>
          <TextInput
            label={t.payments.orderSearch}
            description={t.payments.orderHint}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setOrder(null);
              assign.reset();
            }}
            error={missing ? t.payments.orderMissing : asked ? undefined : problem?.on("order_id")}
            rightSection={orders.isFetching ? <Loader size="xs" /> : null}
            autoComplete="off"
            data-autofocus
          />
          {orders.isError ? <Failure error={orders.error} retry={() => orders.refetch()} /> : null}
          {found.length > 0 ? (
            <Radio.Group aria-label={t.payments.orders} value={order?.source_id ?? null} onChange={take}>
              <div className={classes.orders}>
                {found.map((one) => (
                  <Radio key={one.source_id} value={one.source_id} label={`${one.name} · ${textOf(one, "guest")}`} description={words(one, payment)} />
                ))}
              </div>
            </Radio.Group>
          ) : null}
          <Text size="sm" c="dimmed" role="status">
            {q && orders.data && found.length === 0 ? t.payments.ordersNone : ""}
          </Text>
          {order ? <InvoiceOf order={order.source_id} value={invoice} error={problem?.on("invoice_id")} change={setInvoice} /> : null}
          {asked ? <Note>{problem.message}</Note> : assign.isError ? <Failure error={assign.error} hide={["order_id", "invoice_id"]} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t.cancel}
            </Button>
            <BusyButton type="submit" loading={assign.isPending}>
              {asked ? t.payments.confirmAnyway : t.payments.confirm}
            </BusyButton>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function textOf(item: RecordItem, field: string): string {
  const value = (item.fields as Record<string, { text?: string } | { text?: string }[] | undefined>)[field];
  return (Array.isArray(value) ? value[0]?.text : value?.text) ?? "";
}

function words(order: RecordItem, payment: ImportedPayment): string {
  const currency = textOf(order, "currency");
  const sum = t.payments.total(`${formatAmount(textOf(order, "total"), currency)} ${currency}`, formatAmount(textOf(order, "paid"), currency));
  return payment.currency && currency && payment.currency !== currency ? `${sum}. ${t.payments.otherCurrency(payment.currency, currency)}` : sum;
}

/** asked only of an order with several invoices */
function InvoiceOf(props: { order: string; value: string | null; error: string | undefined; change: (id: string | null) => void }) {
  const { data } = useQuery(recordQuery("orders", props.order));
  const invoices = data?.documents.filter((doc) => doc.flow === "invoice") ?? [];
  if (invoices.length < 2) return null;
  return (
    <Select
      label={t.payments.invoice}
      description={t.payments.invoiceHint}
      placeholder={t.payments.invoiceFirst}
      data={invoices.map((doc) => ({ value: doc.source_id, label: `${doc.title}, ${formatDay(doc.date ?? "")} ${formatAmount(doc.total ?? "", doc.currency)} ${doc.currency ?? ""}` }))}
      value={props.value}
      onChange={props.change}
      error={props.error}
      clearable
      clearButtonProps={{ "aria-label": t.payments.invoiceFirst }}
    />
  );
}
