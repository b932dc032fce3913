import { signal } from "@preact/signals";

/** The erasure that is being asked for; its dialog stands above every route, because the person's
 *  own page is gone before it is done. */
export const erasing = signal<{ person: string; name: string | null } | null>(null);
