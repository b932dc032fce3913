import { signal } from "@preact/signals";

export interface Place {
  path: string;
  query: URLSearchParams;
  hash: string;
}

const here = (): Place => ({
  path: location.pathname,
  query: new URLSearchParams(location.search),
  hash: location.hash.slice(1),
});

/** Where we are; every view reads it, only `go` and the browser's own buttons change it. */
export const place = signal<Place>(here());

export function go(to: string, how: "push" | "replace" = "push"): void {
  if (to === location.pathname + location.search + location.hash) return;
  history[how === "push" ? "pushState" : "replaceState"](null, "", to);
  place.value = here();
}

/** The path below /app, in pieces: "/app/inbox/cnv_1" is ["inbox", "cnv_1"]. */
export function pieces(path: string): string[] {
  return path.replace(/^\/app\/?/, "").split("/").filter(Boolean).map(decodeURIComponent);
}

/** Plain links inside the dashboard don't load the page again. */
export function startRouter(): void {
  addEventListener("popstate", () => {
    place.value = here();
  });
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element).closest?.("a");
    if (!link || link.target || link.origin !== location.origin) return;
    if (!link.pathname.startsWith("/app/") || link.hasAttribute("download")) return;
    event.preventDefault();
    go(link.pathname + link.search + link.hash);
  });
}
