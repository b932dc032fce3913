import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { signedOut } from "./core/calls";
import { go, pieces, place } from "./core/router";
import { boot, booted, desk } from "./core/session";
import { t } from "./core/text";
import { Inbox } from "./routes/inbox/inbox";
import { Shell } from "./shell";
import { Failed, Loading } from "./ui/states";
import { erasing } from "./ui/erasing";
import { Toasts } from "./ui/toast";

type Page = ComponentType<{ parts: string[] }>;
type Chunk = () => Promise<{ default: Page }>;

/** Each route but the inbox is a chunk of its own, loaded when first opened. */
const routes: Record<string, Chunk> = {
  people: () => import("./routes/people/people"),
  settings: () => import("./routes/settings/settings"),
  welcome: () => import("./routes/welcome/welcome"),
};
const sign: Chunk = () => import("./routes/sign/sign");
const again: Chunk = () => import("./routes/sign/again");
const erase: Chunk = () => import("./routes/people/erase");

const loaded = new Map<Chunk, Page>();

function Lazy({ chunk, parts }: { chunk: Chunk; parts: string[] }) {
  const [, redraw] = useState(0);
  const [failed, setFailed] = useState(false);
  const load = () => {
    setFailed(false);
    chunk().then(
      (module) => {
        loaded.set(chunk, module.default);
        redraw((n) => n + 1);
      },
      () => setFailed(true),
    );
  };
  useEffect(() => {
    if (!loaded.has(chunk)) load();
  }, [chunk]);
  const View = loaded.get(chunk);
  if (failed) return <Failed again={load} />;
  return View ? <View parts={parts} /> : <Loading />;
}

const isDoor = (path: string) => /^\/(login|claim|reset|invite)(\/|$)/.test(path);

/** Only our own pages: a link from elsewhere must not lead away after signing in. */
const safe = (to: string | null) => (to && /^\/app(\/|$)/.test(to) ? to : "/app/inbox");

export function App() {
  const { path } = place.value;
  const state = booted.value;
  const out = state === "out" && !isDoor(path);
  useEffect(() => {
    if (out) go("/login?to=" + encodeURIComponent(path + location.search), "replace");
    if (state === "in" && path === "/login") go(safe(place.peek().query.get("to")), "replace");
  });
  if (state === "unreachable") return <Failed error={null} again={() => void boot()} />;
  if (state === "waiting") return <Loading />;
  if (isDoor(path)) return <Lazy chunk={sign} parts={[path.slice(1)]} />;
  if (!desk.me.value) return null;
  return (
    <>
      <Inside parts={pieces(path)} />
      <Toasts />
      {erasing.value && <Lazy chunk={erase} parts={[]} />}
      {signedOut.value && <Lazy chunk={again} parts={[]} />}
    </>
  );
}

function Inside({ parts }: { parts: string[] }) {
  const [route = "inbox", ...rest] = parts;
  const chunk = routes[route];
  if (route === "welcome") return <Lazy chunk={chunk!} parts={rest} />;
  return (
    <Shell route={route}>
      {route === "inbox" ? (
        <Inbox id={rest[0] ?? null} />
      ) : chunk ? (
        <Lazy chunk={chunk} parts={rest} />
      ) : (
        <div class="state">
          <h1>{t("state.nothing")}</h1>
          <a class="btn" href="/app/inbox">
            {t("nav.inbox")}
          </a>
        </div>
      )}
    </Shell>
  );
}
