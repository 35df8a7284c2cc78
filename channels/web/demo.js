// The demo page around the chat: whom one plays, their phone, the clock, and how the last answer came about.

import "./chat.js";
import { WORDS, filled } from "./demo-words.js";
import { startPhone } from "./demo-phone.js";
import { drawTrace } from "./demo-trace.js";
import { h, languageOf, localeOf } from "./dom.js";

const $ = (id) => document.getElementById(id);
const chat = document.querySelector("careline-chat");
const shown = { lang: "en", people: [], trace: null };

const words = () => WORDS[shown.lang];
const person = () => shown.people.find((each) => each.key === $("people").value);
const phone = startPhone({
  log: $("texts"),
  arrived: document.querySelector(".arrived"),
  words,
  lang: () => shown.lang,
  fill,
});

function fill(text) {
  chat.fill(text);
  chat.scrollIntoView({ block: "nearest" });
}

function speak(lang) {
  shown.lang = lang;
  document.documentElement.lang = lang;
  document.title = words().pageTitle;
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = words()[node.dataset.word];
  for (const node of document.querySelectorAll("[data-label]"))
    node.setAttribute("aria-label", words()[node.dataset.label]);
  for (const button of document.querySelectorAll(".languages button"))
    button.setAttribute("aria-pressed", button.lang === lang);
  $("done").textContent = "";
  chat.setAttribute("lang", lang);
  showPerson();
  showTrace();
  phone.redraw();
}

function showPerson() {
  const played = person();
  if (!played) return;
  $("owner").textContent = filled(words().phone, { name: played.name });
  $("exercises").textContent = played.exercises?.[shown.lang] ?? "";
  offer($("number"), plainNumber(played.phone));
  offer($("born"), dayOf(played.born));
  const tries = (played.try || []).map((sentence) => sentence[shown.lang] ?? sentence);
  $("tries").replaceChildren(
    ...tries.map((sentence) =>
      h("li", {}, h("button", { type: "button", class: "fills", onclick: () => fill(sentence) }, sentence)),
    ),
    ...(tries.length ? [] : [h("li", {}, words().nothingToTry)]),
  );
}

function offer(button, text) {
  button.textContent = text;
  button.setAttribute("aria-label", filled(words().fill, { text }));
}

/** "541-555-0101" for "+15415550101". */
function plainNumber(number) {
  return number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "$1-$2-$3");
}

function dayOf(day) {
  return new Intl.DateTimeFormat(localeOf(shown.lang), { dateStyle: "long", timeZone: "UTC" }).format(new Date(day));
}

function showTrace() {
  $("trace").replaceChildren(shown.trace ? drawTrace(shown.trace, words().traceNames) : h("p", {}, words().noTrace));
}

async function ask(path, body) {
  const response = await fetch(
    path,
    body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) },
  );
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

/** Does what a button of the demo is for and says how it went. */
async function staged(button, path, body, done) {
  button.disabled = true;
  try {
    $("done").textContent = done(await ask(path, body));
  } catch {
    $("done").textContent = words().failed;
  }
  button.disabled = false;
}

function clockMoved({ now }) {
  const time = new Intl.DateTimeFormat(localeOf(shown.lang), {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: "America/Los_Angeles",
  });
  return filled(words().moved, { time: time.format(new Date(now)) });
}

function startOver() {
  chat.restart();
  phone.show(person()?.phone);
  shown.trace = null;
  showTrace();
}

async function loadPeople() {
  shown.people = await ask("/simulator/people");
  $("people").replaceChildren(...shown.people.map((each) => h("option", { value: each.key }, each.name)));
  showPerson();
  phone.show(person()?.phone);
}

for (const button of document.querySelectorAll(".languages button"))
  button.addEventListener("click", () => speak(button.lang));
for (const id of ["number", "born"]) $(id).addEventListener("click", () => fill($(id).textContent));
$("people").addEventListener("change", () => {
  startOver();
  showPerson();
});
$("minutes").addEventListener("click", () =>
  staged($("minutes"), "/simulator/clock", { advance_minutes: 20 }, clockMoved),
);
$("day").addEventListener("click", () =>
  staged($("day"), "/simulator/clock", { advance_minutes: 24 * 60 }, clockMoved),
);
$("reset").addEventListener("click", () =>
  staged($("reset"), "/simulator/reset", {}, () => {
    startOver();
    return words().resetDone;
  }),
);
chat.addEventListener("careline-turn", ({ detail }) => {
  shown.trace = detail.trace ?? null;
  showTrace();
});

speak(languageOf(navigator.language));
loadPeople().catch(() => ($("done").textContent = words().failed));
