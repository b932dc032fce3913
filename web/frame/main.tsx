/* main.tsx - starts the chat in the page that the server sent: as a frame of a customer's website, or
 * by itself as the hosted page. */
import { render } from "preact";
import { onColor, parseColor } from "../lib/color";
import { createChat, type Chat, type ChatState } from "./chat";
import { readConfig } from "./config";
import { watchHost } from "./host";
import { App } from "./view/app";

const config = readConfig();
const root = document.getElementById("app")!;
let chat: Chat | null = null;
let open = false;
let opened = 0;
let unread = 0;

const host = watchHost((state) => {
  if (!chat) {
    paint(state.color);
    start(state.page, state);
  }
  chat!.setPage(state.page);
  if (state.open && !open) opened++;
  open = state.open;
  draw(chat!.state);
  see();
});

function paint(color: string | null | undefined) {
  const brand = color ? parseColor(color) : null;
  if (!brand) return;
  document.documentElement.style.setProperty("--brand", `rgb(${brand})`);
  document.documentElement.style.setProperty("--on-brand", onColor(brand));
}

function draw(state: ChatState) {
  if (!chat) return;
  if (state.unread !== unread) {
    unread = state.unread;
    host.send({ lethe: "unread", n: unread });
    if (!host.embedded) document.title = (unread ? `(${unread}) ` : "") + config.name;
  }
  render(
    <App chat={chat} state={state} config={config} opened={opened}
      onClose={host.embedded ? () => host.send({ lethe: "close" }) : undefined} />,
    root,
  );
}

function see() {
  chat?.setSeen(open && document.visibilityState === "visible");
}

function start(page: string, identity: { user?: string; userHash?: string }) {
  chat = createChat({ config, identity, page, onChange: draw });
  draw(chat.state);
  chat.begin();
}

paint(config.color);
document.addEventListener("visibilitychange", see);
if (!host.embedded) {
  open = true;
  start(location.origin + location.pathname, {});
  see();
}
