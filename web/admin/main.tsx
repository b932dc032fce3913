import { render } from "preact";
import { App } from "./app";
import { boot, desk } from "./core/session";
import { startAlerts } from "./core/alert";
import { go, place, startRouter } from "./core/router";
import { startClock } from "./store/clock";

startRouter();
startClock();
startAlerts();
if (place.value.path === "/" || place.value.path === "/app") go("/app/inbox", "replace");
void boot();
render(<App />, document.getElementById("app")!);

// Leaving: what was typed in the last second is still saved; unsent words ask first.
addEventListener("pagehide", () => void desk.drafts.flush());
addEventListener("beforeunload", (event) => {
  if (desk.sending.items.peek().length) event.preventDefault();
});
