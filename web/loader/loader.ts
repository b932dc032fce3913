/* loader.ts - the one script on the customer's page: draws the launcher, and loads the chat when it is
 * opened. Until then it makes no request and reads or writes no storage.
 *
 * The page may have any style sheet and a strict CSP. So everything sits in a closed shadow root, its
 * style is a constructed sheet (CSP does not ask about those), and :host is fixed by !important, which
 * inside a shadow root wins over the page's own !important (CSS Scoping §3.3). */
import ar from "../i18n/loader/ar.json";
import de from "../i18n/loader/de.json";
import en from "../i18n/loader/en.json";
import { onColor, parseColor } from "../lib/color";
import type { HostState, ToHost } from "../lib/frame_messages";
import css from "./loader.css";

const BUBBLE = "M4 5h16v11H9l-5 4z";
const CROSS = "M6 6l12 12M18 6L6 18";

/** Made node by node: a page may forbid innerHTML (Trusted Types). */
function icon() {
  const make = (name: string) => document.createElementNS("http://www.w3.org/2000/svg", name);
  const svg = make("svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const shape of [BUBBLE, CROSS]) {
    const path = make("path");
    path.setAttribute("d", shape);
    svg.append(path);
  }
  return svg;
}

function start(script: HTMLScriptElement) {
  const { site, color, lang, position, user, userHash } = script.dataset;
  const origin = new URL(script.src).origin;
  const language = lang || document.documentElement.lang || "en";
  const words = { ar, de }[language.split("-")[0]!] || en;
  const brand = parseColor(color || "") || [31, 95, 191];
  let unread = 0;
  let frame: HTMLIFrameElement | undefined;
  let loaded: Window | null;

  const host = document.createElement("lethe-widget");
  const root = host.attachShadow({ mode: "closed" });
  const sheet = new CSSStyleSheet();
  const button = document.createElement("button");
  const count = document.createElement("b");

  sheet.replaceSync(
    `:host{--fill:rgb(${brand});--ink:${onColor(brand)};` +
      (position === "left" ? "--l:16px;--r:auto}" : "--l:auto;--r:16px}") +
      css,
  );
  root.adoptedStyleSheets = [sheet];

  /* The query of an address often carries what is nobody's business; the path says enough. */
  const page = () => location.origin + location.pathname;
  const isOpen = () => host.hasAttribute("data-open");
  /* The first one goes out when the frame has loaded: before, its window has another origin. */
  function tell() {
    const state: HostState = { lethe: "host", open: isOpen(), page: page(), user, userHash, color };
    loaded?.postMessage(state, origin);
  }

  function show(open: boolean) {
    host.toggleAttribute("data-open", open);
    count.textContent = !open && unread ? String(unread) : "";
    button.setAttribute("aria-expanded", String(open));
    button.setAttribute(
      "aria-label",
      open ? words.close : words.open + (unread ? `, ${words.unread}: ${unread}` : ""),
    );
  }

  function open() {
    show(true);
    if (!frame) {
      frame = document.createElement("iframe");
      frame.title = "Chat";
      frame.src = `${origin}/widget/${encodeURIComponent(site!)}?lang=${language}`;
      frame.onload = () => {
        loaded = frame!.contentWindow;
        tell();
      };
      root.prepend(frame);
    }
    frame.focus();
    tell();
  }

  function close() {
    if (!isOpen()) return;
    show(false);
    tell();
    button.focus();
  }

  addEventListener("message", (event: MessageEvent<ToHost>) => {
    if (event.origin !== origin || event.source !== loaded) return;
    const message = event.data;
    if (message.lethe === "close") close();
    if (message.lethe === "unread") {
      unread = message.n;
      show(isOpen());
    }
  });
  (window as { navigation?: EventTarget }).navigation?.addEventListener("navigatesuccess", tell);
  addEventListener("popstate", tell);

  button.onclick = () => (isOpen() ? close() : open());
  root.addEventListener("keydown", (event) => {
    if ((event as KeyboardEvent).key === "Escape") close();
  });
  button.append(icon(), count);
  show(false);
  root.append(button);
  document.body.append(host);
  return { open, close };
}

const script = document.currentScript as HTMLScriptElement;
const page = window as { Lethe?: { open(): void; close(): void } };
const mount = () => {
  page.Lethe ||= start(script);
};
if (script.dataset.site) {
  if (document.body) mount();
  else addEventListener("DOMContentLoaded", mount);
}
