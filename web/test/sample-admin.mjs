// sample-admin.mjs - believable people and conversations for the dashboard's tests. Made from a fixed
// seed, so that every run sees the same.
const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";

/** Ids as the server makes them: a prefix and 13 letters whose order is the order of time. */
export function idOf(prefix, n) {
  let text = "";
  for (let left = n + 1_000_000; text.length < 13; left = Math.floor(left / 32)) text = LETTERS[left % 32] + text;
  return `${prefix}_${text}`;
}

function random(seed) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const NAMES = [
  "Ada Example", "Grace Example", null, "Maximiliane-Theodora von Example-Hohenlohe", "ليلى مثال",
  "דנה דוגמה", "Zoë Example", "山田 例", null, "Olu Example", "🙂 Sam Example", "Björn Example",
];
const SAYS = [
  "Hello, is anybody there?",
  "My order 4711 has not arrived yet. Could you look where it is?",
  "Thank you, that helps a lot 🎉",
  "أين طلبي؟ لقد انتظرت أسبوعًا",
  "שלום, אני צריכה עזרה עם ההזמנה שלי",
  "I would like to change the delivery address. The new one is a bit longer, because it is in a backyard, second entrance, third floor, and the bell is broken.",
  "See https://example.com/orders/4711 for the details.",
  "👍",
  "Do you ship to Iceland?",
  "Der Reißverschluss ist nach zwei Tagen gerissen.",
];
const BOT_SAYS = [
  "Hello! I am the automated assistant. What can I do for you?",
  "Which order number is it? You find it in the mail we sent.",
  "One moment, I look it up.",
];
const AGENT_SAYS = ["Hello, this is Sofia.", "I have sent it again today, it should be there on Thursday.", "Gladly!"];

export const USERS = [
  { id: idOf("usr", 1), name: "Sofia Example", email: "sofia@example.com", role: "owner", state: "active", available: true, alerts: { help: true, channel: true } },
  { id: idOf("usr", 2), name: "Tom Example", email: "tom@example.com", role: "agent", state: "active", available: true, alerts: { help: true, channel: false } },
  { id: idOf("usr", 3), name: "Ines Example", email: "ines@example.com", role: "admin", state: "active", available: false, alerts: { help: false, channel: true } },
];

export const CHANNELS = [
  {
    id: idOf("chn", 1), kind: "web", name: "example.com", state: "on", external: "site1", flow: idOf("flw", 1),
    settings: { origins: ["https://example.com"], color: "#1f5fbf", greeting: "Hello! How can we help?", language: "en", privacy_url: "https://example.com/privacy", identity_secret: null },
    snippet: '<script async src="http://127.0.0.1:8080/widget.js" data-site="site1"></script>',
  },
  { id: idOf("chn", 2), kind: "messenger", name: "Example Shop", state: "on", external: "1234567890", flow: idOf("flw", 1), settings: {} },
];

/** Everything the mock serves. `now` is the time of the newest message. */
export function makeSample({ now = Date.now(), count = 2000, longest = 400 } = {}) {
  const dice = random(7);
  const pick = (list) => list[Math.floor(dice() * list.length)];
  const sample = { conversations: [], messages: new Map(), people: new Map(), next: 10_000 };
  let at = now - 20_000;
  for (let n = 0; n < count; n++) {
    const name = n < NAMES.length ? NAMES[n] : pick(NAMES);
    const person = { id: idOf("per", n), name, picture: null, online: dice() < 0.15, seen_at: at, state: "active" };
    const web = n % 3 !== 2;
    const id = idOf("cnv", count - n);
    const lines = n === 0 ? longest : n < 40 ? 4 + Math.floor(dice() * 14) : 1;
    const messages = talk(sample, id, n, lines, at, dice, pick);
    const last = messages[messages.length - 1];
    const assignee = dice() < 0.3 ? pick(USERS) : null;
    const help = n % 41 === 3;
    sample.conversations.push({
      id, person, channel: { id: CHANNELS[web ? 0 : 1].id, kind: web ? "web" : "messenger", name: CHANNELS[web ? 0 : 1].name },
      status: n % 9 === 8 ? "closed" : "open", assignee: assignee && { id: assignee.id, name: assignee.name },
      help_wanted_at: help ? at - 400_000 : null, floor: n % 4 === 1 ? "agent" : "bot",
      floor_user: n % 4 === 1 ? { id: USERS[1].id, name: USERS[1].name } : null, epoch: 1,
      unread: n % 5 === 0 ? 1 + (n % 4) : 0, created_at: messages[0].sent_at, last_at: at, last_in_at: at,
      last_message: { text: last.text, author: last.author, kind: last.kind },
      origin: web ? "https://example.com" : null, page: web ? "https://example.com/shop/shoes?size=38" : null,
      standby: false, window_closes_at: web ? null : n === 5 ? now - 1000 : now + 7_200_000, person_read_at: null, tags: [],
    });
    sample.people.set(person.id, person);
    at -= 20_000 + Math.floor(dice() * (n < 30 ? 240_000 : 3_000_000));
  }
  return sample;
}

function talk(sample, conversation, n, lines, at, dice, pick) {
  const messages = [];
  const step = n === 0 ? 4_000_000 : 90_000;
  for (let m = 0; m < lines; m++) {
    const turn = m % 4;
    const author = m === lines - 1 || turn === 0 || turn === 2 ? "person" : turn === 1 ? "bot" : "agent";
    const message = {
      id: idOf("msg", sample.next++), conversation, cseq: m + 1, kind: "message", author,
      state: author === "person" ? "received" : m < lines - 6 ? "read" : "delivered",
      text: pick(author === "person" ? SAYS : author === "bot" ? BOT_SAYS : AGENT_SAYS),
      sent_at: at - (lines - 1 - m) * step,
    };
    if (author === "agent") message.user = { id: USERS[0].id, name: USERS[0].name };
    if (author === "bot" && dice() < 0.5)
      message.quick_replies = [{ title: "Where is my order?", payload: "ORDER" }, { title: "Talk to a person", payload: "HUMAN" }];
    messages.push(message);
  }
  if (n === 0) extras(messages);
  sample.messages.set(conversation, messages);
  return messages;
}

/** In the first conversation: one of everything that the log can show. */
function extras(messages) {
  const at = (back) => messages[messages.length - 1 - back];
  Object.assign(at(9), { kind: "note", author: "agent", state: undefined, user: { id: USERS[1].id, name: USERS[1].name }, text: "Parcel was lost by the carrier, a new one is on its way. Please be kind." });
  Object.assign(at(8), { kind: "event", author: "system", state: undefined, text: undefined, event: { type: "help" } });
  Object.assign(at(7), { kind: "event", author: "system", state: undefined, text: undefined, event: { type: "assigned", user: { id: USERS[0].id, name: USERS[0].name }, by: { id: USERS[1].id, name: USERS[1].name } } });
  Object.assign(at(6), { author: "agent", user: { id: USERS[0].id, name: USERS[0].name }, state: "unknown", text: "Hello Ada, this is Sofia. I am looking into it." });
  Object.assign(at(5), { author: "person", state: "received", text: "Here is a picture of the label", attachments: [{ type: "file", name: "label-4711.pdf", size: 48_213, url: "/api/v1/files/fil_1" }] });
  Object.assign(at(4), { author: "bot", user: undefined, state: "sent", text: "Would you like an answer by mail?", input: { type: "email" }, quick_replies: undefined });
  Object.assign(at(3), { author: "person", state: "received", text: "ada@example.com", reaction: "❤️" });
  Object.assign(at(2), { author: "agent", user: { id: USERS[0].id, name: USERS[0].name }, state: "refused", reason: "refused", text: "I have sent it again today.", quick_replies: undefined });
  Object.assign(at(1), { author: "agent", user: { id: USERS[0].id, name: USERS[0].name }, state: "delivered", text: "It should be there on Thursday.", quick_replies: undefined });
  Object.assign(at(0), { author: "person", text: "Thank you, that helps a lot 🎉" });
}
