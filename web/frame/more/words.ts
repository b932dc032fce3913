/* words.ts - the words of what loads later. */
import en from "../../i18n/widget-more/en.json";
import { createI18n } from "../../lib/i18n";
import { lang } from "./shared";

const i18n = createI18n(en, {
  ar: () => import("../../i18n/widget-more/ar.json"),
  de: () => import("../../i18n/widget-more/de.json"),
});
export const ready = i18n.use(lang);
export const t = i18n.t;
