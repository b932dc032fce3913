/* linked.tsx - text with clickable links, and nothing else of it interpreted. */
import { linkify } from "../text";

export function Linked({ text }: { text: string }) {
  return (
    <>
      {linkify(text).map((part) =>
        typeof part === "string" ? (
          part
        ) : (
          <a href={part.href} target="_blank" rel="noopener noreferrer nofollow">
            {part.text}
          </a>
        ),
      )}
    </>
  );
}
