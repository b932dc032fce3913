import { useEffect, useState } from "preact/hooks";
import { api } from "../../core/calls";
import { useLoad } from "../../core/load";
import { desk } from "../../core/session";
import { age, number, t } from "../../core/text";
import type { Page, Person } from "../../model";
import { useTitle } from "../../shell";
import { minute } from "../../store/clock";
import { Avatar } from "../../ui/avatar";
import { Icon } from "../../ui/icons";
import { Await, Empty } from "../../ui/states";
import { PersonPage } from "./person";

const PAUSE_MS = 150;

/** Everybody who wrote, last seen first; a click opens what is known of one. */
export default function People({ parts }: { parts: string[] }) {
  useTitle(t("nav.people"));
  const [query, setQuery] = useState("");
  const [asked, setAsked] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setAsked(query.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [query]);
  const id = parts[0];
  return (
    <div class="people" data-pane={id ? "page" : "list"}>
      <section class="people-side" aria-label={t("people.list")}>
        <h1 class="views-title">{t("nav.people")}</h1>
        <div class="search" role="search">
          <Icon name="search" size={16} />
          <input
            type="search"
            value={query}
            placeholder={t("people.search")}
            aria-label={t("people.search")}
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
        </div>
        <Results key={asked} query={asked} open={id} />
      </section>
      <div class="page">
        {id ? (
          <PersonPage key={id} id={id} />
        ) : (
          <Empty icon="people" title={t("people.pick")}>
            {t("people.pickHint")}
          </Empty>
        )}
      </div>
    </div>
  );
}

function Results({ query, open }: { query: string; open: string | undefined }) {
  const [more, setMore] = useState<Person[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const path = (cursor: string | null) =>
    `/people?limit=50&q=${encodeURIComponent(query)}${cursor ? "&cursor=" + encodeURIComponent(cursor) : ""}`;
  const first = useLoad(async () => {
    const page = await api.get<Page<Person>>(path(null));
    setMore([]);
    setNext(page.next);
    return page;
  }, query + (desk.erased.value?.person ?? ""));
  const read = async () => {
    const page = await api.get<Page<Person>>(path(next));
    setMore([...more, ...page.items]);
    setNext(page.next);
  };
  return (
    <div class="rows">
      <Await of={first}>
        {(page) =>
          page.items.length ? (
            <>
              <p class="rows-count muted">{t("people.count", { n: number(page.total) })}</p>
              <ul>
                {[...page.items, ...more].map((person) => (
                  <Row key={person.id} person={person} open={person.id === open} />
                ))}
              </ul>
              {next && (
                <button class="btn more" type="button" onClick={() => void read()}>
                  {t("people.more")}
                </button>
              )}
            </>
          ) : (
            <Empty icon="people" title={t(query ? "search.none" : "people.none")}>
              {!query && t("people.noneHint")}
            </Empty>
          )
        }
      </Await>
    </div>
  );
}

function Row({ person, open }: { person: Person; open: boolean }) {
  return (
    <li>
      <a class="person-row" href={`/app/people/${person.id}`} aria-current={open ? "true" : undefined}>
        <Avatar id={person.id} name={person.name} picture={person.picture} />
        <span class="grow ellipsis">
          <bdi>{person.name ?? t("person.visitor")}</bdi>
        </span>
        {person.online ? (
          <span class="with-icon ok">
            <span class="online-dot still" /> {t("person.online")}
          </span>
        ) : (
          <span class="muted">{person.seen_at ? age(person.seen_at, minute.value) : ""}</span>
        )}
      </a>
    </li>
  );
}
