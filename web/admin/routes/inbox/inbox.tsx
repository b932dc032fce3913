import { useEffect, useState } from "preact/hooks";
import { go, place } from "../../core/router";
import { desk, tell } from "../../core/session";
import { t } from "../../core/text";
import { VIEWS, type View } from "../../model";
import { useTitle } from "../../shell";
import { Empty } from "../../ui/states";
import { KeysHelp } from "./help";
import { List } from "./list";
import { PersonPane } from "./person";
import { Found, SearchBox } from "./search";
import { Thread } from "./thread";
import { useInboxKeys } from "./shortcuts";
import { Views } from "./views";

const isView = (name: string | null): name is View => VIEWS.includes(name as View);

/** Rail | views | list | thread | person; on a phone one of them at a time. */
export function Inbox({ id }: { id: string | null }) {
  const named = place.value.query.get("view");
  const view: View = isView(named) ? named : "all";
  const [looking, setLooking] = useState("");
  const [side, setSide] = useState(() => innerWidth >= 1200);
  useTitle(t("nav.inbox"));

  useEffect(() => void desk.showView(view), [view]);
  useEffect(() => {
    if (id) void desk.openConversation(id);
    else desk.close();
    tell({ type: "viewing", conversation: id });
  }, [id, desk.online.value]);
  useEffect(() => () => desk.close(), []);
  useLeaveErased(view);
  const cursor = useInboxKeys({ view, id });

  return (
    <div class="inbox" data-pane={id ? (side ? "person" : "thread") : "list"}>
      <Views view={view} />
      <section class="list-pane" aria-label={t("inbox.list")}>
        <SearchBox value={looking} onInput={setLooking} />
        {looking.trim() ? (
          <Found query={looking.trim()} view={view} />
        ) : (
          <List view={view} open={id} cursor={cursor} />
        )}
      </section>
      {id ? (
        <>
          <Thread key={id} id={id} view={view} side={side} onSide={setSide} />
          {side && <PersonPane key={"p" + id} id={id} onClose={() => setSide(false)} />}
        </>
      ) : (
        <section class="thread none" aria-label={t("inbox.thread")}>
          <Empty icon="inbox" title={t("inbox.pick")}>
            {t("inbox.pickHint")}
          </Empty>
        </section>
      )}
      <KeysHelp />
    </div>
  );
}

/** The open conversation belonged to somebody who was erased: back to the list. */
function useLeaveErased(view: View): void {
  const erased = desk.erased.value;
  useEffect(() => {
    const open = desk.open.peek();
    if (erased && open && erased.conversations.includes(open)) go(`/app/inbox?view=${view}`, "replace");
  }, [erased]);
}
