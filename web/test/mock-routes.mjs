// mock-routes.mjs - what the mock answers, one line or few per call of docs/api.md.
import { idOf } from "./sample-admin.mjs";

const problem = (status, code, detail = "", more = {}) => ({ problem: { status, code, detail, ...more } });
const page = (items, query, map = (one) => one) => {
  const limit = Number(query.get("limit") ?? 50);
  const from = Number(query.get("cursor") ?? 0);
  const end = from + limit;
  return { items: items.slice(from, end).map(map), next: end < items.length ? String(end) : null, total: items.length };
};
const meOf = (state) => ({
  user: state.signedIn, tenant: state.tenant, preferences: state.preferences.get(state.signedIn.id) ?? {},
});
const conversation = (state, id) => state.conversations.find((one) => one.id === id);
const views = {
  mine: (one, me) => one.status === "open" && one.assignee?.id === me,
  unassigned: (one) => one.status === "open" && !one.assignee,
  all: (one) => one.status === "open",
  help: (one) => one.status === "open" && one.help_wanted_at,
  closed: (one) => one.status === "closed",
};
const inView = (state, view) => {
  const list = state.conversations.filter((one) => views[view](one, state.signedIn.id));
  return view === "help"
    ? list.sort((a, b) => a.help_wanted_at - b.help_wanted_at)
    : list.sort((a, b) => b.last_at - a.last_at);
};
export const enter = (state, user) => {
  state.signedIn = user;
  state.idOf ??= (prefix) => idOf(prefix, state.next++);
  return { user, tenant: state.tenant };
};
const changed = (state, item) =>
  state.mock.emit({ kind: "conversation", conversation: item.id, object: item.id, data: { ...item } });
const sites = (state) => state.channels.filter((one) => one.kind === "web");
const drop = (list, id) => list.splice(list.findIndex((one) => one.id === id), 1) && undefined;

const sign = {
  "GET /start": ({ state }) => ({ claimed: !state.unclaimed, tenant: state.unclaimed ? null : state.tenant.name, mail: true, policy: 1 }),
  "POST /login": ({ state, body }) => {
    const user = state.users.find((one) => one.email === body.email);
    if (!user || body.password !== "correct horse") return problem(401, "not_signed_in", "Wrong.");
    return enter(state, user);
  },
  "POST /claim": ({ state }) => enter(state, state.users[0]),
  "POST /invitations/accept": ({ state }) => enter(state, state.users[1]),
  "POST /logout": ({ state }) => void (state.signedIn = null),
  "POST /logout-everywhere": ({ state }) => void (state.signedIn = null),
  "POST /password/forgot": () => ({}),
  "POST /password/reset": () => undefined,
  "POST /invitations": () => ({ link: "http://127.0.0.1:8080/invite#example" }),
  "GET /me": ({ state }) => meOf(state),
  "PATCH /me": ({ state, body }) => {
    const { preferences, password, old_password, ...rest } = body;
    if (password && old_password !== "correct horse") return problem(422, "invalid", "The old password is wrong.");
    Object.assign(state.signedIn, rest);
    if (preferences) state.preferences.set(state.signedIn.id, preferences);
    return meOf(state);
  },
};

const inbox = {
  "GET /conversations": ({ state, query }) => {
    if (state.noConversations) return page([], query);
    return page(inView(state, query.get("view") ?? "all"), query);
  },
  "GET /conversations/counts": ({ state }) => ({
    ...Object.fromEntries(Object.keys(views).map((view) => [view, inView(state, view).length])),
    unread: state.conversations.filter((one) => one.unread).length,
  }),
  "GET /conversations/:id": ({ state, id }) => conversation(state, id) ?? problem(404, "not_found"),
  "PATCH /conversations/:id": ({ state, id, body }) => {
    const item = conversation(state, id);
    if (!item) return problem(404, "not_found");
    const me = { id: state.signedIn.id, name: state.signedIn.name };
    if ("status" in body) item.status = body.status;
    if ("assignee" in body) {
      const user = body.assignee === "me" ? me : state.users.find((one) => one.id === body.assignee);
      item.assignee = user ? { id: user.id, name: user.name } : null;
    }
    if ("floor" in body) Object.assign(item, { floor: body.floor, floor_user: body.floor === "agent" ? me : null, epoch: item.epoch + 1 });
    if (body.help === false) item.help_wanted_at = null;
    changed(state, item);
    return item;
  },
  "GET /conversations/:id/messages": ({ state, id, query }) => {
    const all = state.messages.get(id) ?? [];
    const before = query.get("before");
    const older = before ? all.filter((one) => one.id < before) : all;
    const items = older.slice(-Number(query.get("limit") ?? 50));
    return { items, next: items.length < older.length ? items[0].id : null, total: all.length };
  },
  "POST /conversations/:id/messages": ({ state, id, body }) => {
    const known = state.sentIds.get(body.client_id);
    if (known) return known;
    const item = conversation(state, id);
    if (body.text?.includes("!fenced")) return problem(409, "fenced", "Somebody else took over.");
    const message = {
      id: state.idOf("msg"), conversation: id, cseq: state.messages.get(id).length + 1, kind: body.kind,
      author: "agent", user: { id: state.signedIn.id, name: state.signedIn.name },
      state: body.kind === "note" ? undefined : "queued", text: body.text, client_id: body.client_id, sent_at: Date.now(),
      ...(body.file && { attachments: [{ type: "file", name: "upload", url: `/api/v1/files/${body.file}`, size: 1000 }] }),
    };
    state.sentIds.set(body.client_id, message);
    state.messages.get(id).push(message);
    Object.assign(item, { last_at: message.sent_at, last_message: { text: body.text, author: "agent", kind: body.kind } });
    if (body.kind === "message") Object.assign(item, { floor: "agent", floor_user: message.user, help_wanted_at: null });
    state.mock.emit({ kind: "message", conversation: id, object: message.id, message: { ...message }, data: { ...item } });
    if (body.kind === "message") {
      const sent = { ...message, state: "sent" };
      state.messages.set(id, state.messages.get(id).map((one) => (one.id === sent.id ? sent : one)));
      state.mock.emit({ kind: "message", conversation: id, object: message.id, message: sent, data: { ...item } });
    }
    return message;
  },
  "POST /conversations/:id/read": ({ state, id }) => {
    const item = conversation(state, id);
    if (item) item.unread = 0;
  },
  "GET /conversations/:id/draft": ({ state, id }) => state.drafts.get(id) ?? { message: "", note: "" },
  "PUT /conversations/:id/draft": ({ state, id, body }) => {
    const draft = { message: "", note: "", ...state.drafts.get(id), [body.mode]: body.text };
    state.drafts.set(id, draft);
    return draft;
  },
  "POST /messages/:id/retry": ({ state, id }) => {
    for (const list of state.messages.values()) {
      const at = list.findIndex((one) => one.id === id);
      if (at >= 0) return (list[at] = { ...list[at], state: "sent", reason: undefined });
    }
    return problem(404, "not_found");
  },
  "POST /files": ({ state, raw, headers }) => ({
    id: state.idOf("fil"), type: "file", name: decodeURIComponent(headers["x-file-name"]), size: raw.length,
  }),
  "GET /search": ({ state, query }) => {
    const words = query.get("q").toLowerCase();
    const hits = [];
    for (const item of state.conversations.slice(0, 60))
      for (const message of state.messages.get(item.id) ?? [])
        if (message.text?.toLowerCase().includes(words)) hits.push({ conversation: item, message });
    return page(hits.reverse(), query);
  },
};

const personOf = (state, id) => {
  const person = state.people.get(id);
  if (!person) return null;
  const first = person.name?.split(" ")[0];
  const declared_at = Date.UTC(2026, 8, 1);
  return {
    ...person, created_at: person.seen_at - 86_400_000 * 40, attributes: first ? { order: "4711", vip: "yes" } : {},
    fields: first
      ? [
          { name: "first_name", value: first, purpose: "To address you by name.", declared_at },
          { name: "locale", value: "en_GB", purpose: "To answer in your language.", declared_at },
          { name: "timezone", value: "Europe/Berlin", purpose: "To write at decent hours.", declared_at },
        ]
      : [],
    identities: [{ channel: idOf("chn", 1), external: "v-" + id.slice(-8) }],
    conversations: state.conversations.filter((one) => one.person.id === id), receipts: [],
  };
};

const people = {
  "GET /people": ({ state, query }) => {
    const words = (query.get("q") ?? "").toLowerCase();
    return page([...state.people.values()].filter((one) => (one.name ?? "").toLowerCase().includes(words)), query);
  },
  "GET /people/:id": ({ state, id }) => personOf(state, id) ?? problem(410, "forgotten"),
  "PATCH /people/:id": ({ state, id, body }) => {
    const person = state.people.get(id);
    if (body.first_name) person.name = [body.first_name, body.last_name].filter(Boolean).join(" ");
    return personOf(state, id);
  },
  "GET /people/:id/export": ({ state, id }) => personOf(state, id),
  "GET /people/:id/erase": () => ({
    goes: [{ what: "messages", count: 400 }, { what: "files", count: 1 }, { what: "profile", count: 3 }, { what: "identities", count: 1 }, { what: "drafts", count: 1 }],
    stays: [{ what: "receipt", why: "A number in the log of receipts, which tells nothing of anyone." }, { what: "tombstone", why: "So that a message delivered late by Messenger is not stored again." }],
  }),
  "POST /people/:id/erase": ({ state, id, body }) => {
    if (body.confirm !== "erase") return problem(422, "invalid");
    const erasure = state.idOf("req");
    state.erasures.set(erasure, { state: "pending", step: "rows", requested_at: Date.now(), recipients: [{ name: "Messenger", state: "pending" }] });
    setTimeout(() => {
      for (const item of state.conversations.filter((one) => one.person.id === id)) {
        state.messages.delete(item.id);
        drop(state.conversations, item.id);
      }
      state.people.delete(id);
      Object.assign(state.erasures.get(erasure), { state: "erased", step: "done", done_at: Date.now(), receipt: { v: 1, leaf: 7, signature: "c2lnbmVk" } });
      state.mock.emit({ kind: "erased", object: id });
    }, 300);
    return { erasure, state: "pending" };
  },
  "GET /erasures/:id": ({ state, id }) => state.erasures.get(id) ?? problem(404, "not_found"),
};

const flows = [{ id: idOf("flw", 1), name: "Welcome", published: 3, versions: [3, 2, 1].map((number) => ({ id: idOf("flv", number), number, created_at: Date.UTC(2026, 9, number), published_at: Date.UTC(2026, 9, number) })) }];
const purposes = {
  fields: { channel_id: { text: "To answer you on the same channel.", declared_at: Date.UTC(2026, 8, 1) }, first_name: { text: "To address you by name.", declared_at: Date.UTC(2026, 8, 1) }, last_name: null, profile_picture_url: null, locale: { text: "To answer in your language.", declared_at: Date.UTC(2026, 8, 1) }, gender: null, timezone: null },
  ready: { first_name: "To address you by name.", last_name: "To tell people of one name apart.", profile_picture_url: "So that our team recognises you.", locale: "To answer in your language.", gender: "To address you correctly.", timezone: "To write at decent hours." },
};
const tokens = [{ id: idOf("tok", 1), label: "Shop system", scopes: ["conversations:read"], created_at: Date.UTC(2026, 9, 1), used_at: null }];
const jobs = [{ id: idOf("job", 1), kind: "mail", attempts: 6, reason: "timeout", due_at: Date.UTC(2026, 10, 20) }];
const hooks = ["message", "delivery", "read", "postback"].flatMap((kind, n) => [0, 1].map((m) => ({
  id: idOf("hok", n * 2 + m), at: Date.UTC(2026, 10, 24, 5, 10 * n + m), channel: { id: idOf("chn", 2), name: "Example Shop" }, source: "messenger", kind, outcome: n === 2 && m ? "refused" : "stored", size: 512 + n, latency_ms: 3 + n * 40, flow_step: n === 0 ? 2 : null })));

const settings = {
  "GET /users": ({ state, query }) => page(state.users, query),
  "PATCH /users/:id": ({ state, id, body }) => Object.assign(state.users.find((one) => one.id === id), body),
  "DELETE /users/:id": ({ state, id }) => drop(state.users, id),
  "GET /sites": ({ state, query }) => page(sites(state), query),
  "POST /sites": ({ state, body }) => {
    const { name, ...rest } = body;
    const site = { id: state.idOf("chn"), kind: "web", name, state: "on", external: "site2", flow: null, settings: rest, snippet: '<script async src="http://127.0.0.1:8080/widget.js" data-site="site2"></script>', seen_at: null };
    state.channels.push(site);
    return site;
  },
  "PATCH /sites/:id": ({ state, id, body }) => {
    const site = state.channels.find((one) => one.id === id);
    const { name, flow, identity_secret, ...rest } = body;
    if (name) site.name = name;
    if (flow !== undefined) site.flow = flow;
    Object.assign(site.settings, rest, identity_secret && { identity_secret: "s3cr3t-shown-once" });
    return site;
  },
  "DELETE /sites/:id": ({ state, id }) => drop(state.channels, id),
  "GET /channels": ({ state, query }) => page(state.channels, query),
  "POST /channels": ({ state, body }) => {
    const channel = { id: state.idOf("chn"), kind: "messenger", name: body.name, state: "on", external: body.page_id, flow: body.flow ?? null, settings: {} };
    state.channels.push(channel);
    return channel;
  },
  "PATCH /channels/:id": ({ state, id, body }) => Object.assign(state.channels.find((one) => one.id === id), body),
  "DELETE /channels/:id": ({ state, id }) => drop(state.channels, id),
  "POST /channels/:id/check": () => ({ steps: [
    { name: "token", ok: true, text: "The page token works." },
    { name: "page", ok: true, text: "The token belongs to this Page." },
    { name: "subscription", ok: false, text: "Meta is not subscribed to this Page's messages. Save the webhook in your Meta app first." }] }),
  "GET /purposes": () => purposes,
  "PUT /purposes": ({ body }) => {
    for (const [name, text] of Object.entries(body.fields)) purposes.fields[name] = text && { text, declared_at: Date.now() };
    return purposes;
  },
  "GET /flows": ({ query }) => page(flows, query),
  "POST /flows": ({ state, body }) => {
    if (!body.document?.nodes) return problem(422, "invalid", "The flow has problems.", { problems: [{ node: "start", field: "text", text: "The text is missing." }, { node: "ask_mail", field: "next", text: "Leads to a node that does not exist." }] });
    const flow = { id: state.idOf("flw"), name: body.name, published: null, versions: [{ id: state.idOf("flv"), number: 1, created_at: Date.now(), published_at: null }] };
    flows.push(flow);
    return flow;
  },
  "POST /flows/:id/versions": ({ state, id, body }) => {
    if (!body.document?.nodes) return problem(422, "invalid", "The flow has problems.", { problems: [{ node: "start", field: "text", text: "The text is missing." }] });
    const flow = flows.find((one) => one.id === id);
    flow.versions.unshift({ id: state.idOf("flv"), number: flow.versions.length + 1, created_at: Date.now(), published_at: null });
    return flow;
  },
  "POST /flows/:id/publish": ({ id, body }) => {
    const flow = flows.find((one) => one.id === id);
    const version = flow.versions.find((one) => one.id === body.version);
    version.published_at = Date.now();
    flow.published = version.id;
    return flow;
  },
  "GET /flows/:id/versions/:version": ({ version }) => ({ version, document: { nodes: {} } }),
  "GET /tenant": ({ state }) => state.tenant,
  "PATCH /tenant": ({ state, body }) => Object.assign(state.tenant, body),
  "GET /tokens": ({ query }) => page(tokens, query),
  "POST /tokens": ({ state, body }) => {
    tokens.push({ id: state.idOf("tok"), ...body, created_at: Date.now(), used_at: null });
    return { token: "lt_example_shown_once" };
  },
  "DELETE /tokens/:id": ({ id }) => drop(tokens, id),
  "GET /jobs": ({ query }) => page(jobs, query),
  "POST /jobs/:id/retry": ({ id }) => drop(jobs, id),
  "GET /hooks": ({ query }) =>
    page(hooks.filter((one) =>
      (!query.get("kind") || one.kind === query.get("kind")) &&
      (!query.get("outcome") || one.outcome === query.get("outcome")) &&
      one.latency_ms >= Number(query.get("slower_than_ms") ?? 0)), query),
  "POST /mail/test": () => ({ state: "queued" }),
};

export const routes = { ...sign, ...inbox, ...people, ...settings };
