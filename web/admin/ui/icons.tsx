// Line icons on a 24 grid, drawn for this dashboard; colour and size come from CSS.
const PATHS = {
  inbox: "M4 13l2.5-8h11L20 13v6H4zM4 13h5l1.5 2.5h3L15 13h5",
  people: "M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM3 20c0-3.5 2.5-6 6-6s6 2.5 6 6M16 4.5a3.5 3.5 0 010 6.5M17.5 14.5c2.2.8 3.5 2.9 3.5 5.5",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5",
  search: "M11 18a7 7 0 100-14 7 7 0 000 14zM16 16l4.5 4.5",
  send: "M5 12h13M12 5l7 7-7 7",
  attach: "M19 11l-7.5 7.5a4.5 4.5 0 01-6.4-6.4L13 4.3a3 3 0 014.2 4.2l-7.6 7.6a1.4 1.4 0 01-2-2L14.5 7",
  note: "M5 4h14v10l-5 6H5zM14 20v-6h5M8.5 8.5h7M8.5 12h4",
  reply: "M10 6l-6 6 6 6M4 12h10c3.5 0 6 2 6 6",
  check: "M5 12.5l4.5 4.5L19 7.5",
  checks: "M2.5 12.5L7 17l8-9M11 15.5l1.5 1.5 9-9",
  close: "M6 6l12 12M18 6L6 18",
  back: "M15 5l-7 7 7 7",
  web: "M12 21a9 9 0 100-18 9 9 0 000 18zM3 12h18M12 3c5 5.5 5 12.5 0 18M12 3c-5 5.5-5 12.5 0 18",
  messenger: "M12 4c-5 0-8.5 3.3-8.5 7.6 0 2.4 1.1 4.5 3 5.900V21l3-1.700c.8.2 1.6.300 2.5.3 5 0 8.5-3.5 8.5-8S17 4 12 4zM7.5 13.5l3-3 3 2.2 3-3",
  bot: "M5 9h14v10H5zM12 9V5M12 5h.01M9.5 13v1.5M14.5 13v1.5M2.5 13v3M21.5 13v3",
  agent: "M12 12a4 4 0 100-8 4 4 0 000 8zM5 20c0-4 3-6.5 7-6.5s7 2.5 7 6.5",
  help: "M12 21a9 9 0 100-18 9 9 0 000 18zM9.5 9.5a2.5 2.5 0 115 0c0 1.8-2.5 2-2.5 4M12 17h.01",
  hand: "M8 12V6a1.5 1.5 0 013 0v5V4.5a1.5 1.5 0 013 0V11V6a1.5 1.5 0 013 0v8c0 4-2.2 6.5-5.5 6.5-2.7 0-4-1.2-5.2-3.300L4 13.5a1.5 1.5 0 012.6-1.5L8 14",
  warn: "M12 4l9 16H3zM12 10v4.5M12 17.5h.01",
  clock: "M12 21a9 9 0 100-18 9 9 0 000 18zM12 7v5l3.5 2",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 100-6 3 3 0 000 6z",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  down: "M6 9l6 6 6-6",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  panel: "M4 5h16v14H4zM14.5 5v14",
  erase: "M5 7h14M9.5 7V4.5h5V7M7 7l1 13h8l1-13M10.5 11v5.5M13.5 11v5.5",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  plus: "M12 5v14M5 12h14",
  shield: "M12 3l8 3v6c0 4.5-3.2 7.8-8 9-4.8-1.2-8-4.5-8-9V6z",
  key: "M8 16a4 4 0 100-8 4 4 0 000 8zM12 12h9M17.5 12v3M21 12v2",
  out: "M10 5H5v14h5M15 8l4 4-4 4M19 12h-9",
  sound: "M5 10v4h3l4 3.5v-11L8 10zM15.5 9.5c1.5 1.5 1.5 3.5 0 5M18 7c3 3 3 7 0 10",
  user: "M12 12a4 4 0 100-8 4 4 0 000 8zM5 20c0-4 3-6.5 7-6.5s7 2.5 7 6.5",
  pin: "M12 21c4.5-5 7-8.3 7-11.5A7 7 0 005 9.5C5 12.7 7.5 16 12 21zM12 12a2.5 2.5 0 100-5 2.5 2.5 0 000 5z",
  undo: "M8 5L4 9l4 4M4 9h9c4 0 7 2.5 7 6s-2.5 5-5 5",
  flow: "M4 4h6v5H4zM14 15h6v5h-6zM7 9v8.5h7",
  bell: "M6 17V11a6 6 0 0112 0v6l1.5 1.5h-15zM10 21h4",
  mail: "M3.5 6h17v12h-17zM4 7l8 6.5L20 7",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
  refresh: "M20 5v5h-5M4 19v-5h5M19 10a7.5 7.5 0 00-13.5-2M5 14a7.5 7.5 0 0013.5 2",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
