// Draws what the assistant said: words, choices as buttons, and the parts of a reply that are more than words.

import { h, localeOf } from "./dom.js";

// The value that says in words what a part shows: on a screen the part takes its place in the sentence.
const SAID_BY = { slots: "times", result: "lines" };
const PARTS = { slots: drawSlots, receipt: drawReceipt, result: drawResult };

/** The nodes of one reply. `pick(choice, group)` is called when a choice is tapped. */
export function drawReply(reply, { words, lang, pick }) {
  const parts = (reply.parts || []).filter((part) => PARTS[part.type]);
  const choices = reply.choices || [];
  const drawn = parts.map((part) => PARTS[part.type](part, { words, lang, pick, choices }));
  const [before, after] = aroundParts(reply, parts);
  const slotsShown = parts.some((part) => part.type === "slots") && choices.length > 0;
  return [
    before ? h("p", {}, before) : null,
    ...drawn,
    after ? h("p", {}, after) : null,
    choices.length && !slotsShown ? drawChoices(choices, (choice) => choice.title, pick) : null,
  ].filter((node) => node !== null);
}

function aroundParts(reply, parts) {
  const text = reply.text || "";
  const said = parts.map((part) => reply.values?.[SAID_BY[part.type]]).find((value) => value && text.includes(value));
  if (!said) return [text.trim(), ""];
  const at = text.indexOf(said);
  return [text.slice(0, at).trim(), text.slice(at + said.length).trim()];
}

function drawChoices(choices, shown, pick) {
  const group = h("div", { class: "choices" });
  for (const choice of choices) {
    const text = shown(choice);
    const label = text === choice.title ? null : choice.title;
    group.append(h("button", { type: "button", "aria-label": label, onclick: () => pick(choice) }, text));
  }
  return group;
}

function drawSlots(part, { words, lang, pick, choices }) {
  const list = h("div", { class: "slots", role: "group", "aria-label": words.times });
  const byDay = Map.groupBy(part.slots, (slot) => slot.start.slice(0, 10));
  for (const [day, slots] of byDay) {
    const label = dayWords(day, lang);
    const titles = slots.map((slot) => slot.title);
    const offered = choices.filter((choice) => titles.includes(choice.title));
    list.append(
      h("h3", {}, label),
      offered.length
        ? drawChoices(offered, (choice) => withoutDay(choice.title, label), pick)
        : h("ul", {}, ...titles.map((title) => h("li", {}, withoutDay(title, label)))),
    );
  }
  return list;
}

/** "Tuesday, December 1" or "martes 1 de diciembre", as the assistant's own titles begin. */
function dayWords(day, lang) {
  const words = formatDay(day, lang, { weekday: "long", month: "long", day: "numeric" });
  return lang === "es" ? words.replace(",", "") : words;
}

function withoutDay(title, day) {
  return title.startsWith(day) ? title.slice(day.length).replace(/^,?\s+(at|a las?)\s+/, "") : title;
}

function formatDay(day, lang, options) {
  // The day is already the clinic's: read and written in one zone, so that it cannot slip.
  return new Intl.DateTimeFormat(localeOf(lang), { ...options, timeZone: "UTC" }).format(new Date(`${day}T00:00Z`));
}

function drawReceipt(part, { words }) {
  const names = words.receipt;
  const rows = Object.keys(names).filter((key) => part[key] && key !== "title" && key !== "request");
  const shown = (value) => (Array.isArray(value) ? value.join(", ") : String(value));
  return h(
    "section",
    { class: "card" },
    h("h3", {}, part.needs_approval ? names.request : names.title),
    h("dl", {}, ...rows.flatMap((key) => [h("dt", {}, names[key]), h("dd", {}, shown(part[key]))])),
  );
}

// The roles are spelt out because a narrow chat lays the rows out as blocks, which takes a table's own roles away.
function drawResult(part, { words, lang }) {
  const columns = ["name", "value", "unit", "range", "flag"].filter((key) =>
    part.rows.some((row) => shownCell(row, key, words)),
  );
  const head = columns.map((key) => h("th", { role: "columnheader", scope: "col" }, words.columns[key]));
  const rows = part.rows.map((row) => h("tr", { role: "row" }, ...columns.map((key) => drawCell(row, key, words))));
  const on = part.on ? `, ${formatDay(part.on.slice(0, 10), lang, { dateStyle: "long" })}` : "";
  return h(
    "table",
    { role: "table" },
    h("caption", {}, part.name + on),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...head)),
    h("tbody", { role: "rowgroup" }, ...rows),
  );
}

function drawCell(row, key, words) {
  const text = shownCell(row, key, words);
  if (key === "name") return h("th", { role: "rowheader", scope: "row" }, text);
  return h("td", { role: "cell", class: key, "data-label": words.columns[key] }, text);
}

function shownCell(row, key, words) {
  const value = String(row[key] ?? "");
  return key === "flag" ? (words.flags[value] ?? value) : value;
}
