// <careline-chat>: the web chat as one element for any page.
//
// Attributes: `endpoint` (of the turn interface), `api-key`, `lang` ("en" or "es", for the chat's own words), and
// `trace` (ask the server how each answer came about; demo only).
// Methods: `fill(text)` puts words into the message box, `restart()` forgets the conversation.
// Event: `careline-turn`, with the server's answer as its detail.

import { drawReply } from "./chat-replies.js";
import { TurnError, postTurn } from "./chat-turns.js";
import { WORDS } from "./chat-words.js";
import { h, languageOf } from "./dom.js";

// The only thing kept on the device, and gone with the tab: an opaque id, never words.
const KEPT = "careline-conversation";
const WRITING_SHOWN_AFTER_MS = 300;
const CODE_ASKED = "utter_ask_sign_in_code";
const URGENT = "utter_report_emergency";

class CarelineChat extends HTMLElement {
  static observedAttributes = ["lang"];

  #life = new AbortController();
  #renewing = null;
  #filled = "";
  #isSignedIn = false;
  #underWay = new Set();
  #log = h("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0" });
  #writing = h("p", { class: "writing", role: "status" });
  #signedIn = h("p", { class: "signed-in", role: "status" });
  #input = h("textarea", { id: "message", rows: "1", enterkeyhint: "send", autocomplete: "off" });
  #named = {
    title: h("h2"),
    emergency: h("span"),
    call: h("a", { href: "tel:911" }),
    restart: h("button", { type: "button", onclick: () => this.restart() }),
    message: h("label", { for: "message", class: "unseen" }),
    send: h("button", { class: "send" }),
  };

  constructor() {
    super();
    const { title, emergency, call, restart, message, send } = this.#named;
    this.attachShadow({ mode: "open" }).append(
      h("link", { rel: "stylesheet", href: new URL("theme.css", import.meta.url).href }),
      h("link", { rel: "stylesheet", href: new URL("chat.css", import.meta.url).href }),
      h(
        "section",
        { class: "frame", "aria-labelledby": "title" },
        h("header", {}, h("div", {}, title, this.#signedIn), restart),
        this.#log,
        this.#writing,
        h("form", { onsubmit: (event) => this.#submit(event) }, message, this.#input, send),
        h("p", { class: "emergency" }, emergency, " ", call),
      ),
    );
    title.id = "title";
    this.#input.addEventListener("keydown", (event) => this.#keyPressed(event));
  }

  connectedCallback() {
    this.#label();
    if (this.#log.childElementCount === 0) this.#welcome();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#label();
  }

  /** Puts words into the message box, after those that the person has written there. */
  fill(text) {
    const written = this.#input.value === this.#filled ? "" : this.#input.value.trimEnd();
    this.#filled = text;
    this.#input.value = written ? `${written} ${text}` : text;
    this.#input.focus();
  }

  /** Forgets the conversation on this device and begins a new one. */
  restart() {
    this.#life.abort();
    this.#life = new AbortController();
    sessionStorage.removeItem(KEPT);
    this.#log.replaceChildren();
    this.#input.autocomplete = "off";
    this.#showSignedIn(false);
    this.#welcome();
    this.#input.focus({ preventScroll: true });
  }

  get #lang() {
    return languageOf(this.getAttribute("lang") ?? document.documentElement.lang);
  }

  get #words() {
    return WORDS[this.#lang];
  }

  #label() {
    for (const [key, node] of Object.entries(this.#named)) node.textContent = this.#words[key];
    this.#log.setAttribute("aria-label", this.#words.log);
    this.#input.placeholder = this.#words.message;
    this.#showSignedIn(this.#isSignedIn);
    for (const note of this.#log.querySelectorAll("[data-note]")) note.textContent = this.#words[note.dataset.note];
  }

  #welcome() {
    this.#note("welcome");
    if (sessionStorage.getItem(KEPT)) this.#note("resumed");
  }

  #note(key) {
    this.#log.append(h("p", { class: "note", "data-note": key }, this.#words[key]));
  }

  #showSignedIn(signedIn) {
    this.#isSignedIn = signedIn;
    const text = this.#words[signedIn ? "signedIn" : "notSignedIn"];
    // Written only when it changes: a live region would say it again.
    if (this.#signedIn.textContent !== text) this.#signedIn.textContent = text;
  }

  #keyPressed(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    this.#submit(event);
  }

  #submit(event) {
    event.preventDefault();
    const text = this.#input.value.trim();
    if (!text) return;
    this.#input.value = "";
    this.#send(text, { text });
  }

  #send(shown, said) {
    this.#closeChoices();
    const state = h("div", { class: "state" });
    const node = h("div", { class: "message person" }, this.#speaker("you"), h("p", {}, shown), state);
    this.#log.append(node);
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#deliver({ shown, said, node, state });
  }

  #speaker(who) {
    return h("span", { class: "unseen" }, this.#words[who]);
  }

  /** An answered question is closed; the focus does not vanish with the button that had it. */
  #closeChoices() {
    if (this.#log.querySelector(".choices :focus-visible")) this.#input.focus();
    for (const button of this.#log.querySelectorAll(".choices button")) button.disabled = true;
  }

  // Messages do not wait for each other's answers: an emergency must be heard at once. The server keeps their order.
  // Only an answer that may bring another conversation id is waited for: the first one, and that to a code.
  async #deliver(message) {
    const { signal } = this.#life;
    this.#clearState(message);
    while (this.#renewing) await this.#renewing;
    if (signal.aborted) return;
    const mayRenew = !sessionStorage.getItem(KEPT) || this.#input.autocomplete === "one-time-code";
    const posted = this.#post(message, signal);
    if (mayRenew) this.#renewing = posted.finally(() => (this.#renewing = null));
  }

  async #post(message, signal) {
    this.#address(message);
    const timer = setTimeout(() => (this.#writing.textContent = this.#words.writing), WRITING_SHOWN_AFTER_MS);
    this.#underWay.add(message);
    const answer = await postTurn(this.#wire(signal), message.body).catch((error) => error);
    clearTimeout(timer);
    this.#underWay.delete(message);
    if (this.#underWay.size === 0) this.#writing.textContent = "";
    if (signal.aborted) return;
    if (answer instanceof Error) this.#failed(message, answer);
    else this.#answered(message, answer);
  }

  /** A message sent again is the same to the last letter, so that the server knows it. */
  #address(message) {
    const conversation = sessionStorage.getItem(KEPT);
    // Another message has opened the conversation since: this one belongs there, not to a second conversation.
    const strayed = conversation && message.body && !message.body.conversation;
    if (message.body && !strayed) return;
    message.body = {
      ...(conversation && { conversation }),
      channel: "web",
      message_id: crypto.randomUUID(),
      language: this.#lang,
      ...message.said,
    };
  }

  #wire(signal) {
    return {
      endpoint: this.getAttribute("endpoint"),
      apiKey: this.getAttribute("api-key"),
      trace: this.hasAttribute("trace"),
      words: this.#words,
      lang: this.#lang,
      signal,
    };
  }

  #answered(message, answer) {
    message.state.remove();
    // An answer to what was asked under an id that has been replaced since brings no id of worth.
    const isCurrent = (sessionStorage.getItem(KEPT) ?? undefined) === message.body.conversation;
    if (isCurrent) sessionStorage.setItem(KEPT, answer.conversation);
    const signedIn = answer.signed_in && !answer.ended;
    if (this.#isSignedIn && !signedIn) this.#clear();
    this.#showSignedIn(signedIn);
    this.#show(answer);
    if (answer.ended) {
      sessionStorage.removeItem(KEPT);
      this.#note("ended");
    }
    this.dispatchEvent(new CustomEvent("careline-turn", { bubbles: true, composed: true, detail: answer }));
  }

  /** Whoever sits here next sees nothing of what was said while somebody was signed in, nor what still comes in. */
  #clear() {
    this.#life.abort();
    this.#life = new AbortController();
    this.#log.replaceChildren();
    this.#filled = this.#input.value = "";
  }

  #show({ replies, language }) {
    const lang = languageOf(language);
    const asContext = { words: WORDS[lang], lang, pick: (choice) => this.#send(choice.title, { choice: choice.id }) };
    const nodes = replies.map((reply) => {
      const kind = reply.act?.startsWith(URGENT) ? "message assistant urgent" : "message assistant";
      return h("div", { class: kind, lang }, this.#speaker("assistant"), ...drawReply(reply, asContext));
    });
    this.#log.append(...nodes);
    this.#input.autocomplete = (replies.at(-1)?.act || "").startsWith(CODE_ASKED) ? "one-time-code" : "off";
    // The end is shown, but never past the beginning of what is new.
    const end = this.#log.scrollHeight - this.#log.clientHeight;
    this.#log.scrollTop = Math.min(end, nodes.length ? nodes[0].offsetTop - 16 : end);
  }

  #failed(message, error) {
    if (!(error instanceof TurnError)) throw error;
    const act = () => (error.retryable ? this.#deliver(message) : this.#edit(message));
    const button = h("button", { type: "button", onclick: act }, this.#words[error.retryable ? "retry" : "edit"]);
    message.node.classList.add("unsent");
    message.state.replaceChildren(h("p", {}, error.message), button);
    message.node.scrollIntoView({ block: "nearest" });
  }

  #clearState({ node, state }) {
    if (state.querySelector(":focus-visible")) this.#input.focus();
    node.classList.remove("unsent");
    state.replaceChildren();
  }

  #edit({ shown, node }) {
    node.remove();
    this.fill(shown);
  }
}

customElements.define("careline-chat", CarelineChat);
