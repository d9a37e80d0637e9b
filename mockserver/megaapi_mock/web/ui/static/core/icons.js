// Line icons as path data, drawn on a grid of 24.

const PATHS = {
  phone: "M7 2h10a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2zM11 18h2",
  link: "M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 6 6l1-1",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
  levers: "M4 6h9M17 6h3M4 12h3M11 12h9M4 18h9M17 18h3M15 4v4M9 10v4M15 16v4",
  rewind: "M4 12a8 8 0 1 0 2.500-5.800M4 4v5h5",
  send: "M4 12 20 4l-5 16-3.500-6.500z",
  attach: "M20 11l-8.500 8.500a5 5 0 0 1-7-7L13 4a3.300 3.300 0 0 1 4.700 4.700l-8.500 8.500a1.700 1.700 0 0 1-2.400-2.400L14 7.500",
  microphone: "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5 11a7 7 0 0 0 14 0M12 18v3",
  stop: "M7 7h10v10H7z",
  close: "M6 6l12 12M18 6 6 18",
  back: "M15 5l-7 7 7 7",
  more: "M12 5h.01M12 12h.01M12 19h.01",
  plus: "M12 5v14M5 12h14",
  search: "M10.500 4a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13zM15.500 15.500 20 20",
  down: "M6 9l6 6 6-6",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600 19 19M19 5l-1.400 1.400M6.400 17.600 5 19",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9h.01",
  video: "M4 6h11v12H4zM15 10l5-3v10l-5-3",
  audio: "M4 10v4h4l5 4V6L8 10zM16 9a4 4 0 0 1 0 6M18.500 6.500a8 8 0 0 1 0 11",
  document: "M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5",
  location: "M12 21s7-6.500 7-11.500a7 7 0 0 0-14 0C5 14.500 12 21 12 21zM12 7a2.500 2.500 0 1 1 0 5 2.500 2.500 0 0 1 0-5z",
  person: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4 21a8 8 0 0 1 16 0",
  people: "M9 5a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7zM2.500 20a6.500 6.500 0 0 1 13 0M15.500 5.500a3.500 3.500 0 0 1 0 6.500M17.500 14.500a6.500 6.500 0 0 1 4 5.500",
  poll: "M5 20V10M12 20V4M19 20v-7",
  reply: "M9 7 4 12l5 5M4 12h9a7 7 0 0 1 7 7",
  smile: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM8.500 14.500a4.500 4.500 0 0 0 7 0M9 9.500h.01M15 9.500h.01",
  edit: "M4 20l1-4L16 5l3 3L8 19zM13.500 7.500l3 3",
  trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  forward: "M15 7l5 5-5 5M20 12h-9a7 7 0 0 0-7 7",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  copy: "M8 8h11v12H8zM5 16V4h11",
  play: "M7 4l13 8-13 8z",
  step: "M6 4l9 8-9 8zM18 4v16",
  warning: "M12 4 22 20H2zM12 10v4M12 17h.01",
  check: "M5 12.500 10 17.500 19 7",
  clock: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 7v5l3.500 2",
  power: "M12 3v9M6.500 6.500a8 8 0 1 0 11 0",
  block: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM5.600 5.600l12.800 12.800",
  globe: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18",
  qr: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 20h2",
  call: "M6 3h4l1.500 5-2.500 1.500a11 11 0 0 0 5.500 5.500L16 12.500l5 1.500v4a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z",
  webhook: "M12 7a3 3 0 1 0-3-3M10.500 6.500 7 14M7 14a3 3 0 1 0 3 3h7M17 14a3 3 0 1 1-2 5M13.500 6.500 17 13.500",
};

const SVG = "http://www.w3.org/2000/svg";

/** An icon, hidden from screen readers: the text or label beside it says it. */
export function icon(name, size = 20) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = {
    viewBox: "0 0 24 24", width: size, height: size, fill: "none", stroke: "currentColor",
    "stroke-width": 2, "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true",
    class: `icon icon-${name}`,
  };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? PATHS.more);
  svg.append(path);
  return svg;
}

/** One tick, two, or two blue ones. */
export function ticks(state, label) {
  const double = state !== "server" && state !== "pending";
  const svg = document.createElementNS(SVG, "svg");
  const attributes = {
    viewBox: "0 0 18 12", width: 18, height: 12, fill: "none", stroke: "currentColor", "stroke-width": 1.700,
    "stroke-linecap": "round", "stroke-linejoin": "round", role: "img", "aria-label": label,
    class: `ticks ticks-${state}`,
  };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  for (const d of double ? ["M1 6.500 4.500 10 11 2.500", "M8 9.500l.7.600L15.500 2.500"] : ["M3 6.500 6.500 10 13 2.500"]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
