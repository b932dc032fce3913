import type { ComponentType } from "preact";
import { desk } from "../../core/session";
import { t } from "../../core/text";
import { atLeast, type Role } from "../../model";
import { useTitle } from "../../shell";
import { Icon, type IconName } from "../../ui/icons";
import { Forbidden } from "../../ui/states";
import { Alerts } from "./alerts";
import { Firm } from "./firm";
import { Flows } from "./flows";
import { Hooks } from "./hooks";
import { Jobs } from "./jobs";
import { Messenger } from "./messenger";
import { Privacy } from "./privacy";
import { Profile } from "./profile";
import { Team } from "./team";
import { Tokens } from "./tokens";
import { Websites } from "./websites";

const SECTIONS = [
  ["profile", "user", "agent", Profile],
  ["alerts", "bell", "agent", Alerts],
  ["firm", "shield", "admin", Firm],
  ["websites", "web", "admin", Websites],
  ["messenger", "messenger", "admin", Messenger],
  ["flows", "flow", "admin", Flows],
  ["privacy", "key", "admin", Privacy],
  ["team", "people", "admin", Team],
  ["hooks", "list", "admin", Hooks],
  ["jobs", "refresh", "owner", Jobs],
  ["tokens", "key", "owner", Tokens],
] as const satisfies readonly (readonly [string, IconName, Role, ComponentType])[];

export default function Settings({ parts }: { parts: string[] }) {
  const role = desk.me.value!.user.role;
  const open = SECTIONS.find(([name]) => name === parts[0]);
  useTitle(open ? t(`settings.${open[0]}`) : t("nav.settings"));
  const View = open?.[3];
  return (
    <div class="settings" data-pane={open ? "page" : "menu"}>
      <nav class="settings-nav" aria-label={t("nav.settings")}>
        <h1 class="views-title">{t("nav.settings")}</h1>
        {SECTIONS.filter(([, , need]) => atLeast(role, need)).map(([name, icon]) => (
          <a
            key={name}
            class="view"
            href={`/app/settings/${name}`}
            aria-current={name === open?.[0] ? "page" : undefined}
          >
            <Icon name={icon} />
            {t(`settings.${name}`)}
          </a>
        ))}
      </nav>
      <div class="page">
        {open && View ? (
          <>
            <a class="link only-narrow" href="/app/settings">
              {t("nav.settings")}
            </a>
            <h2>{t(`settings.${open[0]}`)}</h2>
            {atLeast(role, open[2]) ? <View /> : <Forbidden />}
          </>
        ) : (
          <p class="muted">{t("settings.pick")}</p>
        )}
      </div>
    </div>
  );
}
