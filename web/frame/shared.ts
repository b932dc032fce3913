/* shared.ts - what frame/more uses of the first bundle. It is handed over in a property of the window
 * instead of by imports: a chunk shared by two bundles would cost the first load a kilobyte and a
 * request. The window is the frame's own, not the customer's page. */
import { Component, createRef, Fragment, h } from "preact";
import { clientId } from "../lib/id";
import { Icon } from "./view/icons";
import { lang, t } from "./words";

export const shared = { Component, createRef, Fragment, h, clientId, Icon, lang, t };

export function share() {
  Object.assign(window, { lethe: shared });
}
