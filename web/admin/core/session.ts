import { signal } from "@preact/signals";
import { Problem } from "../../lib/api";
import { openLive, type Live } from "../../lib/live";
import type { Me, Preferences, User } from "../model";
import { Desk } from "../store/desk";
import { api, deskPort, door, signedOut } from "./calls";
import { speak } from "./text";
import { showTheme } from "./theme";

export const desk = new Desk(deskPort);
export const booted = signal<"waiting" | "in" | "out" | "unreachable">("waiting");

let live: Live | null = null;

/** Who is signed in here? Asked once, when the page loads. */
export async function boot(): Promise<void> {
  try {
    await enter(await door.get<Me>("/me"));
  } catch (error) {
    const out = error instanceof Problem && error.status === 401;
    await speak(undefined);
    booted.value = out ? "out" : "unreachable";
  }
}

/** Somebody signed in: the first time, or again above the page after the session ended. */
export async function enter(me: Me): Promise<void> {
  const before = desk.me.peek()?.user.id;
  if (before && before !== me.user.id) {
    desk.sending.clear();
    return location.assign("/app/inbox"); // a fresh page: nothing of the one before stays in memory
  }
  desk.me.value = me;
  await speak(me.preferences?.language);
  showTheme(me.preferences?.theme);
  signedOut.value = false;
  booted.value = "in";
  if (before === me.user.id) desk.up();
  connect();
  void loadUsers();
}

export async function leave(everywhere = false): Promise<void> {
  await desk.drafts.flush();
  await api.post(everywhere ? "/logout-everywhere" : "/logout");
  live?.close();
  live = null;
  location.assign("/login"); // a fresh page: nothing of the session stays in memory
}

export async function savePreferences(change: Preferences): Promise<void> {
  const me = desk.me.peek()!;
  const preferences = { ...me.preferences, ...change };
  desk.me.value = { ...me, preferences };
  desk.me.value = { ...desk.me.peek()!, ...(await api.patch<Partial<Me>>("/me", { preferences })) };
}

export function tell(frame: object): void {
  live?.send(frame);
}

export function reconnect(): void {
  live?.retry();
}

function connect(): void {
  live?.close();
  live = openLive({
    after: live?.after ?? null,
    onEvent: (event) => desk.event(event),
    onHint: (hint) => desk.hint(hint),
    onReset: () => desk.reset(),
    onState: (state) => {
      if (state === "live") desk.up();
      else if (state === "waiting") desk.down();
    },
  });
}

/** Colleagues, for their names and for assigning. An agent's role may not list them. */
async function loadUsers(): Promise<void> {
  try {
    const answer = await door.get<{ items: User[] }>("/users?limit=100");
    desk.users.value = answer.items;
  } catch {
    desk.users.value = [desk.me.peek()!.user];
  }
}
