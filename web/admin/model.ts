// What only the dashboard reads of docs/api.md; the rest is in lib/types.
import type { Channel, Conversation, Role, User } from "../lib/types";

export type {
  Attachment, Author, Button, Card, Channel, Conversation, Message, MessageState, Named, Page,
  Person, Role, ThreadEvent, User,
} from "../lib/types";

export type View = "mine" | "unassigned" | "all" | "help" | "closed";
export const VIEWS: readonly View[] = ["help", "mine", "unassigned", "all", "closed"];
export type Mode = "message" | "note";
export type Counts = Record<View | "unread", number>;

export interface Tenant {
  id: string;
  name: string;
  language?: string;
  quote_in_alerts?: boolean;
  help_text?: string;
}

export interface Preferences {
  theme?: "system" | "light" | "dark";
  language?: string;
  keys?: boolean;
  sound?: boolean;
  welcome?: { step: number; done: boolean };
}

export interface Me {
  user: User;
  tenant: Tenant;
  preferences?: Preferences;
}

export interface SiteSettings {
  origins?: string[];
  color?: string;
  greeting?: string;
  language?: string;
  privacy_url?: string;
  identity_secret?: string | boolean;
}

export interface Flow {
  id: string;
  name: string;
  published?: string | number | null;
  versions: { id: string; number: number; created_at: number; published_at?: number | null }[];
}

export interface FlowProblem {
  node?: string | null;
  field?: string | null;
  text: string;
}

export interface Purposes {
  fields: Record<string, { text: string; declared_at?: number } | null>;
  ready: Record<string, string>;
}

export interface ErasePlan {
  goes: { what: string; count: number }[];
  stays: { what: string; why: string }[];
}

export interface Erasure {
  state: "pending" | "erased";
  step?: string | number;
  requested_at?: number;
  done_at?: number | null;
  receipt?: unknown;
  recipients?: { name: string; state: string }[];
}

export interface CheckStep {
  name: string;
  ok: boolean;
  text: string;
}

export interface Token {
  id: string;
  label: string;
  scopes: string[];
  created_at?: number;
  used_at?: number | null;
}

export interface Job {
  id: string;
  kind: string;
  attempts: number;
  reason?: string;
  due_at: number;
}

export interface HookLine {
  id: string;
  at: number;
  channel?: { id: string; name: string | null } | string | null;
  source?: string;
  kind: string;
  outcome: string;
  size?: number;
  latency_ms?: number;
  flow_step?: number | string | null;
}

export interface Start {
  claimed: boolean;
  tenant?: string | { name: string } | null;
  mail?: boolean;
  policy?: string | number;
}

export interface Found {
  conversation: Conversation;
  message: { id: string; text?: string; sent_at: number };
}

export const siteOf = (channel: Channel): SiteSettings => (channel.settings ?? {}) as SiteSettings;

const RANK: Record<Role, number> = { agent: 0, admin: 1, owner: 2 };
export const atLeast = (have: Role | undefined, need: Role): boolean =>
  have !== undefined && RANK[have] >= RANK[need];
