import { desk } from "../../core/session";
import { number, t } from "../../core/text";
import { VIEWS, type View } from "../../model";
import { Icon, type IconName } from "../../ui/icons";

const ICONS: Record<View, IconName> = {
  help: "hand",
  mine: "user",
  unassigned: "inbox",
  all: "list",
  closed: "check",
};

export function Views({ view }: { view: View }) {
  const counts = desk.counts.value;
  return (
    <nav class="views" aria-label={t("views.title")}>
      <h1 class="views-title">{t("nav.inbox")}</h1>
      {VIEWS.map((name) => (
        <a
          key={name}
          class="view"
          href={`/app/inbox?view=${name}`}
          aria-current={name === view ? "page" : undefined}
        >
          <Icon name={ICONS[name]} />
          <span class="grow">{t(`views.${name}`)}</span>
          {!!counts?.[name] && (
            <span class={name === "help" ? "count bad" : "count"}>{number(counts[name])}</span>
          )}
        </a>
      ))}
    </nav>
  );
}
