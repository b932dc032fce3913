import { useState } from "preact/hooks";

const TINTS = 6;

/** A picture or initials; decoration only, the name stands beside it. */
export function Avatar(props: { id: string; name: string | null; picture?: string | null; big?: boolean }) {
  const [broken, setBroken] = useState("");
  const style = `avatar tint-${tint(props.id)}${props.big ? " big" : ""}`;
  if (props.picture && broken !== props.picture)
    return (
      <img
        class={style}
        src={props.picture}
        alt=""
        loading="lazy"
        referrerpolicy="no-referrer"
        onError={() => setBroken(props.picture!)}
      />
    );
  return (
    <span class={style} aria-hidden="true">
      {initials(props.name)}
    </span>
  );
}

export function initials(name: string | null): string {
  const words = (name ?? "").trim().split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0]!, words[words.length - 1]!] : words;
  return ends.map((word) => [...word][0]!.toLocaleUpperCase()).join("") || "–";
}

function tint(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)!) >>> 0;
  return sum % TINTS;
}
