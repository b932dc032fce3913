/* shared.ts - what the first bundle handed over (frame/shared.ts). Nothing in this folder may import
 * preact or a module of the first bundle by itself, or there would be two of it. */
import type { shared } from "../shared";

export const { Component, createRef, Fragment, h, clientId, Icon, lang, t } = (
  window as unknown as { lethe: typeof shared }
).lethe;
