/* Saves a form while somebody writes, and says how the save stands (components/save_state.html).
   <form data-autosave="URL" data-autosave-key="PERSON:THING" data-version="version">: POST of the whole form to URL with
   Accept: application/json. 200 {"saved_at": "2026-11-20T14:02:00Z", "version": 7} puts `version` into the field of that name;
   409: the whole form is posted to URL as a page, which answers with the conflict page. What could not be saved is kept
   in this browser under the key and offered again. [data-save-now] saves at once. */

import { offer, store } from "./kept.js";

const WAIT = 800;
const RETRY = 5000;
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const GONE = "Not saved: no connection. Kept in this browser.";

class Autosave {
  constructor(form) {
    this.form = form;
    this.key = `winnow:kept:${form.dataset.autosaveKey ?? location.pathname}`;
    this.clean = this.text();
    this.saving = null;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("focusout", (event) => event.relatedTarget?.form !== form && this.dirty() && this.save());
    form.addEventListener("submit", (event) => this.submit(event));
    addEventListener("beforeunload", (event) => form.isConnected && this.dirty() && event.preventDefault());
    addEventListener("online", () => this.dirty() && this.save());
    offer(form, this.key, this.stamp(), this.clean);
  }

  get version() {
    return this.form.elements[this.form.dataset.version ?? "version"];
  }

  entries() {
    const skip = ["csrfmiddlewaretoken", this.version?.name];
    return [...new FormData(this.form)].filter(([name, value]) => typeof value === "string" && !skip.includes(name));
  }

  /** What the server knew when it made the page: its hidden fields change with whatever is saved. */
  stamp() {
    const hidden = this.form.querySelectorAll('input[type="hidden"]:not([name="csrfmiddlewaretoken"])');
    return [...hidden].map((field) => field.value).join(" ");
  }

  text() {
    return JSON.stringify(this.entries());
  }

  dirty() {
    return this.text() !== this.clean;
  }

  say(state, words) {
    const place = document.querySelector("[data-save-state]");
    if (!place) return;
    place.dataset.state = state;
    place.querySelector("[data-save-text]").textContent = words;
  }

  changed() {
    clearTimeout(this.timer);
    if (!this.dirty()) return;
    this.say("unsaved", "Not saved yet");
    this.timer = setTimeout(() => this.save(), WAIT);
  }

  save() {
    clearTimeout(this.timer);
    this.saving ??= this.send().finally(() => {
      this.saving = null;
    });
    return this.saving;
  }

  async send() {
    const sent = this.text();
    this.say("saving", "Saving…");
    try {
      const body = new FormData(this.form);
      const headers = { Accept: "application/json" };
      const answer = await fetch(this.form.dataset.autosave, { method: "POST", body, headers, redirect: "manual" });
      if (answer.status === 409) this.conflict();
      else if (answer.type === "opaqueredirect") this.keep("Not saved: you are signed out. Kept in this browser.");
      else if (!answer.ok) this.keep(`Not saved (${answer.status}). Kept in this browser.`);
      else this.saved(await answer.json(), sent);
    } catch {
      this.keep(GONE);
    }
  }

  saved({ saved_at: at, version }, sent) {
    if (this.version && version !== undefined) this.version.value = version;
    this.clean = sent;
    store(this.key, null);
    this.say("saved", `Saved ${CLOCK.format(new Date(at))}`);
    this.changed(); // what was typed while this was under way
  }

  conflict() {
    this.clean = this.text();
    this.form.action = this.form.dataset.autosave;
    HTMLFormElement.prototype.submit.call(this.form);
  }

  keep(words) {
    this.remember(false);
    this.say("unsaved", words);
    this.timer = setTimeout(() => this.dirty() && this.save(), RETRY);
  }

  // A save under way would raise the version behind the submit's back and make it a conflict: wait for it.
  async submit(event) {
    clearTimeout(this.timer);
    if (this.saving) {
      event.preventDefault();
      event.stopImmediatePropagation();
      await this.saving;
      return this.form.requestSubmit(event.submitter);
    }
    this.remember(true);
    this.clean = this.text();
  }

  remember(sent) {
    store(this.key, { sent, stamp: this.stamp(), entries: this.entries() });
  }
}

const forms = new WeakMap();

function start(root) {
  for (const form of root.querySelectorAll("form[data-autosave]")) {
    if (!forms.has(form)) forms.set(form, new Autosave(form));
  }
}

start(document);
document.addEventListener("htmx:load", (event) => start(event.target.parentElement ?? document));
document.addEventListener("click", (event) => {
  const form = event.target.closest?.("[data-save-now]")?.form;
  if (!forms.has(form)) return;
  event.preventDefault();
  forms.get(form).save();
});
