/* later.tsx - the door to frame/more, which loads at its first use. */
import { Component, h, type ComponentProps, type ComponentType, type VNode } from "preact";
import { share } from "./shared";

type More = typeof import("./more");
type Name = "Answer" | "Leave" | "Privacy" | "Rich" | "UploadRow";

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

class Door extends Component<{ of: Name }> {
  override render() {
    if (more) return h(more[this.props.of] as ComponentType<unknown>, this.props);
    loadMore().then(() => this.setState({}), () => {});
    return null;
  }
}

/** Shows the component `of` frame/more once it is there, with the other properties; a failed load is
 *  tried again at the next render. */
export const Later = Door as unknown as <N extends Name>(
  props: { of: N; key?: string } & ComponentProps<More[N]>,
) => VNode;
