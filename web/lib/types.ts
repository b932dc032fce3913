/* types.ts - what the API sends, as docs/api.md states it. */

export type Floor = "nobody" | "bot" | "agent";
export type Author = "person" | "bot" | "agent" | "system";
export type MessageKind = "message" | "note" | "event";
export type MessageState =
  | "received" | "queued" | "sending" | "sent" | "delivered" | "read"
  | "refused" | "unknown" | "withdrawn";
export type InputType = "text" | "email" | "phone" | "number" | "date" | "choice" | "file";
export type AttachmentType =
  | "image" | "audio" | "video" | "file" | "location" | "sticker" | "fallback";
export type Role = "agent" | "admin" | "owner";

export interface Page<T> {
  items: T[];
  next: string | null;
  total: number;
}

export interface QuickReply {
  title: string;
  payload?: string;
}

export interface Button {
  title: string;
  url?: string;
  payload?: string;
}

export interface Card {
  title: string;
  subtitle?: string;
  image?: string;
  buttons?: Button[];
}

export interface Attachment {
  type: AttachmentType;
  url?: string;
  name?: string;
  size?: number;
}

export interface Choice {
  title: string;
  payload?: string;
}

export interface InputRequest {
  type: InputType;
  choices?: (string | Choice)[];
}

export interface Named {
  id: string;
  name: string | null;
}

export interface ThreadEvent {
  type: "assigned" | "unassigned" | "closed" | "reopened" | "help" | "floor" | "erased";
  user?: Named;
  by?: Named;
}

export interface Message {
  id: string;
  conversation?: string;
  cseq: number;
  kind: MessageKind;
  author: Author;
  user?: Named;
  state?: MessageState;
  reason?: string;
  text?: string;
  quick_replies?: QuickReply[];
  buttons?: Button[];
  cards?: Card[];
  attachments?: Attachment[];
  input?: InputRequest;
  event?: ThreadEvent;
  reaction?: string;
  reply_to?: string;
  client_id?: string;
  sent_at: number;
  edited_at?: number;
  deleted_at?: number;
}

export interface Conversation {
  id: string;
  person: {
    id: string;
    name: string | null;
    picture: string | null;
    online: boolean;
    seen_at: number | null;
    state: string;
  };
  channel: { id: string; kind: "web" | "messenger"; name: string };
  status: "open" | "closed";
  assignee: Named | null;
  help_wanted_at: number | null;
  floor: Floor;
  floor_user: Named | null;
  epoch: number;
  unread: number;
  created_at: number;
  last_at: number;
  last_in_at: number | null;
  last_message: { text: string; author: Author; kind: MessageKind } | null;
  origin: string | null;
  page: string | null;
  standby: boolean;
  window_closes_at: number | null;
  person_read_at: number | null;
  tags: string[];
}

export interface Person {
  id: string;
  state: string;
  created_at: number;
  seen_at: number | null;
  online: boolean;
  name: string | null;
  picture: string | null;
  email?: string | null;
  phone?: string | null;
  fields: { name: string; value: string; purpose: string; declared_at: number }[];
  attributes: Record<string, string>;
  identities: { channel: string; external: string }[];
  conversations?: Conversation[];
  receipts: unknown[];
}

export interface User {
  id: string;
  name: string;
  email: string;
  role: Role;
  state: string;
  available: boolean;
  alerts: { help: boolean; channel: boolean };
}

export interface Channel {
  id: string;
  kind: "web" | "messenger";
  name: string;
  state: "on" | "off" | "broken";
  reason?: string;
  external?: string;
  flow?: string | null;
  last_event_at?: number | null;
  checked_at?: number | null;
  settings: Record<string, unknown>;
  snippet?: string;
  seen_at?: number | null;
}

export interface FileInfo {
  id: string;
  type: string;
  name: string;
  size: number;
}

/** What GET /api/v1/live sends. */
export type LiveFrame =
  | { type: "ready"; seq: number; reset: boolean }
  | {
      type: "event";
      seq: number;
      kind: "message" | "conversation" | "person" | "erased" | "settings";
      conversation?: string;
      object?: string;
      message?: Message;
      data?: Conversation;
    }
  | { type: "typing"; conversation: string; who: string; on: boolean }
  | { type: "presence"; person: string; online: boolean }
  | { type: "viewers"; conversation: string; users: string[] };

/** What GET /api/v1/widget/SITE/live sends. */
export type WidgetFrame =
  | { type: "ready"; cseq: number; reset: boolean; floor: Floor; agent?: { name: string | null } | null }
  | { type: "message"; cseq: number; message: Message }
  | { type: "typing"; who: "bot" | "agent"; on: boolean }
  | { type: "floor"; floor: Floor; agent?: { name: string | null } | null }
  | { type: "read"; at: number };
