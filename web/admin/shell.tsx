import type { ComponentChildren } from "preact";
import { desk, reconnect, savePreferences } from "./core/session";
import { t } from "./core/text";
import { setTitle } from "./core/alert";
import { useEffect } from "preact/hooks";
import { Icon, type IconName } from "./ui/icons";
import { Avatar } from "./ui/avatar";

const ITEMS: readonly [string, IconName, "nav.inbox" | "nav.people" | "nav.settings"][] = [
  ["inbox", "inbox", "nav.inbox"],
  ["people", "people", "nav.people"],
  ["settings", "settings", "nav.settings"],
];

export function Shell({ route, children }: { route: string; children: ComponentChildren }) {
  return (
    <div class="shell">
      <a class="skip" href="#main">
        {t("nav.skip")}
      </a>
      <Rail route={route} />
      <div class="stage">
        <Banner />
        <main id="main" tabIndex={-1}>
          {children}
        </main>
      </div>
    </div>
  );
}

function Rail({ route }: { route: string }) {
  const help = desk.counts.value?.help ?? 0;
  const user = desk.me.value!.user;
  return (
    <nav class="rail" aria-label={t("nav.main")}>
      {ITEMS.map(([name, icon, label]) => (
        <a
          key={name}
          class="rail-item"
          href={`/app/${name}`}
          aria-current={route === name ? "page" : undefined}
          title={t(label)}
        >
          <Icon name={icon} size={22} />
          <span class="rail-word">{t(label)}</span>
          {name === "inbox" && help > 0 && (
            <span class="badge bad">
              {help}
              <span class="visually-hidden"> {t("views.help")}</span>
            </span>
          )}
        </a>
      ))}
      <a
        class="rail-item rail-me"
        href="/app/settings/profile"
        title={user.name}
      >
        <span class="rail-word">{t("nav.profile")}</span>
        <Avatar id={user.id} name={user.name} />
      </a>
    </nav>
  );
}

/** What stands above everything: the line is down, or the first steps aren't done. */
function Banner() {
  if (desk.online.value === "off")
    return (
      <div class="banner warn" role="status">
        <Icon name="warn" />
        <span class="grow">{t("live.off")}</span>
        <button class="btn small" type="button" onClick={reconnect}>
          {t("live.now")}
        </button>
      </div>
    );
  const welcome = desk.me.value?.preferences?.welcome;
  if (welcome && !welcome.done)
    return (
      <div class="banner">
        <Icon name="list" />
        <span class="grow">{t("welcome.resume")}</span>
        <a class="btn small" href="/app/welcome">
          {t("welcome.continue")}
        </a>
        <button
          class="btn small ghost"
          type="button"
          onClick={() => void savePreferences({ welcome: { ...welcome, done: true } })}
        >
          {t("welcome.dismiss")}
        </button>
      </div>
    );
  return null;
}

export function useTitle(text: string): void {
  useEffect(() => setTitle(text), [text]);
}
