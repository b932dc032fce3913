import type { ComponentType } from "preact";
import { Accept } from "./accept";
import { Claim } from "./claim";
import { Login } from "./login";
import { Reset } from "./reset";

const pages: Record<string, ComponentType> = { login: Login, claim: Claim, reset: Reset, invite: Accept };

/** The pages before signing in. */
export default function Sign({ parts }: { parts: string[] }) {
  const Page = pages[parts[0]!.split("/")[0]!] ?? Login;
  return <Page />;
}
