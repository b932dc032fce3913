/* icons.tsx - line icons, 24 x 24. */
export const CLOSE = "M6 6l12 12M18 6L6 18";
export const SEND = "M4 12l16-8-6 16-3-6zM11 14l4-4";
export const ATTACH = "M20 11l-8 8a5 5 0 0 1-7-7l8-8a3.5 3.5 0 0 1 5 5l-8 8a2 2 0 0 1-3-3l7-7";
export const PERSON = "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21a8 8 0 0 1 16 0";
export const ROBOT = "M5 9h14v10H5zM12 9V5M9 13v2M15 13v2M2 13v3M22 13v3";
export const SHIELD = "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z";
export const WARN = "M12 4l9 16H3zM12 10v4M12 17v.5";
export const BACK = "M15 5l-7 7 7 7";
export const FILE = "M6 3h8l4 4v14H6zM14 3v4h4";

export function Icon({ d }: { d: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={d} />
    </svg>
  );
}
