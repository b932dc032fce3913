/* later.tsx - the door to frame/more, which loads at its first use. */
import { Component, type ComponentChild } from "preact";
import { share } from "./shared";

type More = typeof import("./more");
let more: More | null = null;
let loading: Promise<More> | null = null;

export function loadMore(): Promise<More> {
  share();
  loading ??= import("./more")
    .then(async (loaded) => {
      await loaded.ready;
      return (more = loaded);
    })
    .finally(() => (loading = null));
  return loading;
}

/** Shows what `show` makes of it once it is there; a failed load is tried again at the next render. */
export class Later extends Component<{ show(more: More): ComponentChild }> {
  override render() {
    if (more) return this.props.show(more);
    loadMore().then(() => this.setState({}), () => {});
    return null;
  }
}
