/* jsx.ts - JSX here uses the first bundle's h. */
export { Fragment, h } from "./shared";
