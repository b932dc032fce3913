/* jsx.ts - what JSX becomes in the frame: h() costs fewer bytes than the automatic runtime. */
export { Fragment, h } from "preact";
