// The phone of the person being played: shows the texts and calls that the local carrier took for their number.

import { h, localeOf } from "./dom.js";
import { filled } from "./demo-words.js";

const EVERY_MS = 1500;
// Six digits as they are written, or one by one as a call speaks them.
const CODE = /\b(\d{6}|\d(?:[ ,.]+\d){5})\b/;

/** Begins to look for texts; `show(number)` changes whose phone it is, `redraw()` follows the page's language. */
export function startPhone({ log, arrived, words, lang, fill }) {
  let number = null;
  let drawn = null;

  async function look() {
    if (!number || document.hidden) return;
    const asked = number;
    const [texts, calls] = await Promise.all(["sms", "calls"].map((kind) => sentTo(kind, asked)));
    if (asked === number) draw([...texts, ...calls].sort((one, other) => Date.parse(one.at) - Date.parse(other.at)));
  }

  function draw(messages) {
    const goesOn = drawn !== null && drawn.length <= messages.length;
    const fresh = goesOn ? messages.slice(drawn.length) : messages;
    if (goesOn && !fresh.length) return;
    if (!goesOn || !drawn.length) log.replaceChildren();
    log.append(...(fresh.length ? fresh.map(drawMessage) : [h("p", { class: "none" }, words().noTexts)]));
    log.scrollTop = log.scrollHeight;
    // What was there before the page was opened is not news.
    arrived.hidden = arrived.hidden && (drawn === null || !fresh.length);
    drawn = messages;
  }

  function drawMessage({ at, body, said }) {
    const pieces = (body ?? `${words().call} ${said}`).split(CODE);
    const nodes = pieces.map((piece, place) => (place % 2 ? drawCode(piece.replace(/\D/g, "")) : piece));
    return h("div", { class: "text" }, h("p", {}, ...nodes), h("time", { datetime: at }, timeOf(at, lang())));
  }

  function drawCode(code) {
    const tapped = () => {
      arrived.hidden = true;
      fill(code);
    };
    return h("button", { type: "button", "aria-label": filled(words().fill, { text: code }), onclick: tapped }, code);
  }

  arrived.addEventListener("click", () => (arrived.hidden = true));
  setInterval(() => look().catch(() => {}), EVERY_MS);
  return {
    show(to) {
      number = to;
      arrived.hidden = true;
      redraw([]);
      drawn = null;
      look().catch(() => {});
    },
    redraw: () => redraw(drawn ?? []),
  };

  function redraw(messages) {
    drawn = null;
    draw(messages);
  }
}

async function sentTo(kind, number) {
  const response = await fetch(`/simulator/${kind}?to=${encodeURIComponent(number)}`);
  return response.ok ? response.json() : [];
}

function timeOf(at, lang) {
  return new Intl.DateTimeFormat(localeOf(lang), { timeStyle: "short", timeZone: "America/Los_Angeles" }).format(
    new Date(at),
  );
}
