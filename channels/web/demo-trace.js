// Draws the trace of a turn, whatever it holds, as lists within lists.

import { h } from "./dom.js";

const EMPTY = new Set(['""', "{}", "[]", "null"]);

/** A node for any JSON value; `names` are the words for keys that people may want to read. */
export function drawTrace(value, names) {
  if (value === null || typeof value !== "object") return h("span", {}, String(value));
  if (Array.isArray(value)) return h("ol", {}, ...value.map((each) => h("li", {}, drawTrace(each, names))));
  if ("ms" in value) return h("span", {}, `${value.name}: ${value.ms} ms`);
  const told = Object.entries(value).filter(([, each]) => !EMPTY.has(JSON.stringify(each)));
  const rows = told.map(([key, each]) =>
    h("div", {}, h("dt", {}, names[key] ?? key.replaceAll("_", " ")), h("dd", {}, drawTrace(each, names))),
  );
  return h("dl", {}, ...rows);
}
