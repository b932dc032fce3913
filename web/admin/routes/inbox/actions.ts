// What can be done to a conversation; each is shown at once and can be undone.
import { desk } from "../../core/session";
import { t } from "../../core/text";
import { toast, toastError } from "../../ui/toast";

export async function resolve(id: string): Promise<void> {
  const item = desk.conversations.get(id).peek();
  if (!item) return;
  const closing = item.status === "open";
  const done = setStatus(id, closing ? "closed" : "open");
  toast(t(closing ? "done.resolved" : "done.reopened"), () =>
    void done.then(() => setStatus(id, item.status)),
  );
  await done;
}

function setStatus(id: string, status: "open" | "closed"): Promise<void> {
  return attempt(id, { status }, { status });
}

export async function assign(id: string, user: string | null): Promise<void> {
  const before = desk.conversations.get(id).peek()?.assignee ?? null;
  if ((before?.id ?? null) === user) return;
  const done = setAssignee(id, user);
  const name = user && desk.nameOf(user);
  toast(name ? t("done.assigned", { name }) : t("done.unassigned"), () =>
    void done.then(() => setAssignee(id, before?.id ?? null)),
  );
  await done;
}

function setAssignee(id: string, user: string | null): Promise<void> {
  return attempt(
    id,
    { assignee: user },
    { assignee: user ? { id: user, name: desk.nameOf(user) } : null },
  );
}

export function setFloor(id: string, floor: "agent" | "bot"): Promise<void> {
  const { id: me, name } = desk.me.peek()!.user;
  return attempt(id, { floor }, { floor, floor_user: floor === "agent" ? { id: me, name } : null });
}

export function helped(id: string): Promise<void> {
  return attempt(id, { help: false }, { help_wanted_at: null });
}

async function attempt(...change: Parameters<typeof desk.change>): Promise<void> {
  try {
    await desk.change(...change);
  } catch (error) {
    toastError(error);
  }
}
