// Names for the generated schemas, so that features read like the contract.

import type { components } from "./schema.gen";

type S = components["schemas"];

export type Session = S["Session"];
export type Connection = S["Connection"];
export type Locks = S["Locks"];
export type PreviewLocked = S["PreviewLocked"];
export type ConnectionInput = S["ConnectionInput"];
export type Organization = S["Organization"];
export type Check = S["Check"];
export type Budget = S["Budget"];
export type MappingPage = S["MappingPage"];
export type MappingItem = S["MappingItem"];
export type MappingChoice = S["MappingChoice"];
export type MappingFormer = S["MappingFormer"];
export type Overview = S["Overview"];
export type OverviewHealth = S["OverviewHealth"];
export type OverviewDay = S["OverviewDay"];
export type CallsLeft = S["CallsLeft"];
export type OverviewMonth = S["OverviewMonth"];
export type GuideStep = S["GuideStep"];
export type PhaseCount = S["PhaseCount"];
export type Matching = S["Matching"];
export type RunRecord = S["RunRecord"];
export type UndoItem = S["UndoItem"];
export type UndoPreview = S["UndoPreview"];
export type Cure = S["Cure"];
export type IssueGroup = S["IssueGroup"];
export type Issue = S["Issue"];
export type Comparison = S["Comparison"];
export type ComparedLine = S["ComparedLine"];
export type Reconciliation = S["Reconciliation"];
export type ReconciliationRow = S["ReconciliationRow"];
export type ClosedMonth = S["Period"];
export type PeriodClose = S["PeriodClose"];
export type PeriodDrift = S["PeriodDrift"];
export type GuestLedger = S["GuestLedger"];
export type GuestSums = S["GuestSums"];
export type GuestAccount = S["GuestAccount"];
export type GuestOrder = S["GuestOrder"];
export type GuestJournal = S["GuestJournal"];
export type Difference = S["Difference"];
export type Side = S["Side"];
export type Figures = S["Figures"];
export type LogLine = S["LogLine"];
export type LogDetail = S["LogDetail"];
export type AuditEntry = S["AuditEntry"];
export type RecordLink = S["RecordLink"];
export type Notice = S["Notice"];
export type CurrencyAmount = S["CurrencyAmount"];
export type Settings = S["Settings"];
export type Schedule = S["Schedule"];
export type RecordItem = S["Record"];
export type RecordPage = S["RecordPage"];
export type RecordDetail = S["RecordDetail"];
export type RecordFilter = S["RecordFilter"];
export type SyncRequest = S["SyncRequest"];
/** one value of a column; `fields` holds one of these or a list */
export type FieldText = { text: string; url: string | null };
export type Doc = S["Document"];
export type HistoryEntry = S["HistoryEntry"];
export type Run = S["Run"];
export type RunPage = S["RunPage"];
/** a line of the result of a set-up run */
export type SetupStep = { name: string; status: "done" | "existed" | "refused" | "needed"; detail: string; action: string };
