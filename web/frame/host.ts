/* host.ts - the page around the frame. The server's frame-ancestors lets only the site's own origins
 * embed us; the first message of our parent tells which of them it is, and from then on we take from
 * and send to that origin alone. */
import type { HostState, ToHost } from "../lib/frame_messages";

export interface Host {
  send(message: ToHost): void;
  /** False on the hosted page, which has nothing around it. */
  readonly embedded: boolean;
}

export function watchHost(onState: (state: HostState) => void): Host {
  let origin: string | null = null;
  const embedded = window.parent !== window;

  if (embedded) {
    addEventListener("message", (event: MessageEvent<HostState>) => {
      if (event.source !== window.parent || event.data?.lethe !== "host") return;
      origin ??= event.origin;
      if (event.origin === origin) onState(event.data);
    });
  }
  return {
    embedded,
    send(message) {
      if (origin) window.parent.postMessage(message, origin);
    },
  };
}
