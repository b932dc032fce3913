/* config.ts - what the server wrote into the page for this site. */

export interface Config {
  site: string;
  name: string;
  color: string | null;
  greeting: string | null;
  language: string;
  /** Somebody of the team is online. */
  online: boolean;
  privacy_url: string | null;
  /** Stands before the calls' paths: "/api/v1/widget/SITE". */
  api: string;
  /** Bytes. */
  max_file: number;
  /** Suggestions before the first message. */
  starters: { title: string; payload?: string }[] | null;
}

export function readConfig(): Config {
  return JSON.parse(document.getElementById("config")!.textContent!);
}
