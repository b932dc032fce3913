/* frame_messages.ts - what loader and frame say to each other by postMessage. Both sides take a message
 * only from the exact window and origin they expect, and name the exact origin when they send. */

/** The host page's state, whole, whenever it changed. The first one starts the chat. */
export interface HostState {
  lethe: "host";
  open: boolean;
  /** Origin and path, without query and fragment. */
  page: string;
  user?: string;
  userHash?: string;
  color?: string;
}

export type ToHost = { lethe: "close" } | { lethe: "unread"; n: number };
