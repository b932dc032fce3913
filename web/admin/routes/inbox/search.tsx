import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../../core/calls";
import { useLoad } from "../../core/load";
import { age, t } from "../../core/text";
import type { Found as Hit, Page, View } from "../../model";
import { minute } from "../../store/clock";
import { desk } from "../../core/session";
import { Avatar } from "../../ui/avatar";
import { Icon } from "../../ui/icons";
import { Await, Empty } from "../../ui/states";

const PAUSE_MS = 150; // between keys: one question per word rather than per letter

export function SearchBox({ value, onInput }: { value: string; onInput: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const clear = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    onInput("");
    input.current?.blur();
  };
  return (
    <div class="search" role="search">
      <Icon name="search" size={16} />
      <input
        ref={input}
        id="search"
        type="search"
        value={value}
        placeholder={t("search.place")}
        aria-label={t("search.label")}
        aria-keyshortcuts="/"
        autocomplete="off"
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={clear}
      />
      <kbd>/</kbd>
    </div>
  );
}

export function Found({ query, view }: { query: string; view: View }) {
  const [asked, setAsked] = useState(query);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(query), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [query]);
  const found = useLoad(
    () => api.get<Page<Hit>>(`/search?limit=50&q=${encodeURIComponent(asked)}`),
    asked + "\n" + (desk.erased.value?.person ?? ""),
  );
  return (
    <div class="rows" aria-live="polite">
      <Await of={found}>
        {(page) =>
          page.items.length ? (
            <ul class="found">
              {page.items.map((hit) => (
                <HitRow key={hit.message.id} hit={hit} view={view} />
              ))}
            </ul>
          ) : (
            <Empty icon="search" title={t("search.none")}>
              {t("search.noneHint")}
            </Empty>
          )
        }
      </Await>
    </div>
  );
}

function HitRow({ hit, view }: { hit: Hit; view: View }) {
  const { person } = hit.conversation;
  return (
    <li>
      <a class="row" href={`/app/inbox/${hit.conversation.id}?view=${view}#${hit.message.id}`}>
        <Avatar id={person.id} name={person.name} picture={person.picture} />
        <span class="row-name">
          <bdi>{person.name ?? t("person.visitor")}</bdi>
        </span>
        <time class="row-age">{age(hit.message.sent_at, minute.value)}</time>
        <span class="row-text two" dir="auto">
          {hit.message.text}
        </span>
      </a>
    </li>
  );
}
