import type { Preferences } from "../model";

/** "light" and "dark" set data-theme; "system" leaves it to prefers-color-scheme. */
export function showTheme(theme: Preferences["theme"]): void {
  const root = document.documentElement;
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  else if (theme) delete root.dataset.theme;
}
