// What calls an agent who looks elsewhere: the title, the icon, and (if wanted) a tone.
import { effect } from "@preact/signals";
import { t } from "./text";
import { desk } from "./session";

let heading = "";

export function setTitle(text: string): void {
  heading = text;
  draw(desk.counts.peek()?.help ?? 0);
}

export function startAlerts(): void {
  effect(() => draw(desk.counts.value?.help ?? 0));
  desk.onHelp = () => {
    if (desk.me.peek()?.preferences?.sound) chime();
  };
}

function draw(help: number): void {
  const name = [heading, t("app.name")].filter(Boolean).join(" · ");
  document.title = help ? `(${help}) ${name}` : name;
  const dot = help ? '<circle cx="24" cy="8" r="7" fill="#b3261e"/>' : "";
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect y="2" width="30" height="30" rx="7" ' +
    'fill="#1f5fbf"/><path d="M10 9v16h11" fill="none" stroke="#fff" stroke-width="3.5"/>' +
    `${dot}</svg>`;
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (link) link.href = "data:image/svg+xml," + encodeURIComponent(svg);
}

let audio: AudioContext | undefined;

/** Two soft tones made here, so that no sound file has to be loaded. */
export function chime(): void {
  audio ??= new AudioContext();
  void audio.resume();
  [660, 880].forEach((frequency, n) => {
    const tone = audio!.createOscillator();
    const volume = audio!.createGain();
    const at = audio!.currentTime + n * 0.16;
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.3, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.4);
    tone.connect(volume).connect(audio!.destination);
    tone.start(at);
    tone.stop(at + 0.42);
  });
}
