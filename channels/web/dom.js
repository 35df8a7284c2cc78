// Builds nodes of the page from data without ever parsing markup.

/** A node with attributes, listeners (`onclick` and the like) and children; a string becomes text, null nothing. */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** "es" for any Spanish language tag, otherwise "en". */
export function languageOf(tag) {
  return /^es\b/i.test(tag || "") ? "es" : "en";
}

/** The locale for dates and times in a language of ours, as people in the United States write them. */
export function localeOf(lang) {
  return lang === "es" ? "es-US" : "en-US";
}
