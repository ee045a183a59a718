// One error type for everything the API or the network can answer (RFC 9457).

import { t } from "@/lib/texts";

export type FieldProblem = { field: string; message: string };

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly action: string | undefined;
  readonly requestId: string | undefined;
  readonly fields: FieldProblem[];
  /** everything the answer says, for causes that say more than all others */
  readonly body: Partial<Record<string, unknown>>;

  constructor(status: number, body: Partial<Record<string, unknown>>) {
    const detail = text(body.detail) ?? t.problem.unreadable;
    super(detail);
    this.status = status;
    this.body = body;
    this.code = text(body.code) ?? "";
    this.detail = detail;
    this.action = text(body.action);
    this.requestId = text(body.request_id);
    this.fields = Array.isArray(body.errors) ? body.errors.filter(isFieldProblem) : [];
  }

  /** the message for one input, or undefined */
  on(field: string): string | undefined {
    return this.fields.find((f) => f.field === field)?.message;
  }

  /** messages for inputs that the form does not show */
  others(shown: readonly string[]): FieldProblem[] {
    return this.fields.filter((f) => !shown.includes(f.field));
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return typeof value === "object" && value !== null && "field" in value && "message" in value;
}

export function networkProblem(): Problem {
  return new Problem(0, { detail: t.problem.network, code: "network" });
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return networkProblem();
}
