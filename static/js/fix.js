/* The editor and the rejection in the place of an example: [data-beside-open] is a link to the page of either, whose
   form[data-beside] is put over #decision; [data-beside-back] brings the example back, and the form keeps what was typed.
   What is saved is answered by #review, which the stream shows: "review:answer" hands it over. Without this module the
   same pages work by themselves. */

import "./autosave.js";
import "./turns.js";
import { seconds } from "./stopwatch.js";
import { localTimes } from "./times.js";

const GONE = "Not saved: no connection. Your text is kept here: try again.";
const SIGNED_OUT = "Not saved: you are signed out. Sign in in another tab, then try again.";

const opened = new Map(); // by address, so that going back and forth loses nothing
let over = null; // the form that is before the reviewer
let asked = null; // the button that waits for a reason
let sending = false;

async function ask(address, options = {}) {
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true" }, redirect: "manual", ...options });
    if (answer.type === "opaqueredirect") return { words: SIGNED_OUT, elsewhere: true };
    if (!answer.ok && ![409, 422].includes(answer.status)) return { words: `Not saved: the server failed (${answer.status}). Try again.` };
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [form, review] = [page.querySelector("form[data-beside]"), page.getElementById("review")];
    return { form: form && document.adoptNode(form), review: review && document.adoptNode(review) };
  } catch {
    return { words: GONE };
  }
}

/* 1. there and back */

function prepare(form) {
  // autosave.js looks for its forms on this event, and is to hear a submit before `send` does.
  form.dispatchEvent(new Event("htmx:load", { bubbles: true }));
  form.addEventListener("submit", send);
  window.htmx?.process(form);
  localTimes(form);
}

function place(form) {
  if (over) over.replaceWith(form);
  else document.getElementById("decision").after(form);
  document.getElementById("decision").hidden = true;
  over = form;
  asked = null;
  if (!opened.has(form.dataset.from) || opened.get(form.dataset.from) !== form) {
    opened.set(form.dataset.from, form);
    prepare(form);
  }
  scrollTo(0, 0);
  const first = form.querySelector("[data-problem]") ?? form.querySelector("[data-turns] .turn:last-child textarea") ?? form.querySelector("textarea");
  first?.focus({ preventScroll: true });
  first?.scrollIntoView({ block: "nearest" });
}

async function open(address) {
  const { form } = opened.has(address) ? { form: opened.get(address) } : await ask(address);
  if (!form) return location.assign(address);
  form.dataset.from = address;
  const card = document.getElementById("decision");
  if (card && !over?.isConnected) {
    over = null;
    place(form);
  }
}

function back() {
  const card = document.getElementById("decision");
  over.remove();
  over = null;
  asked = null;
  card.hidden = false;
  card.querySelector(".turn")?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest?.("a[data-beside-open], a[data-beside-back]");
  if (!link || !document.getElementById("decision")) return;
  event.preventDefault();
  if (link.hasAttribute("data-beside-open")) open(link.href);
  else back();
});

/* 2. what is missing is asked for before anything is sent; the server asks for the same */

function why(form, words) {
  const place = form.querySelector("[data-why]");
  place.textContent = words;
  place.hidden = !words;
}

function missing(form) {
  const picked = [...form.querySelectorAll('[name="reasons"]:checked')];
  const note = form.elements.note;
  if (!picked.length) {
    why(form, "Why is it bad? The next reason you pick saves it.");
    return form.querySelector('[name="reasons"]');
  }
  why(form, "");
  if (note.value.trim()) return null;
  const label = picked.find((box) => box.hasAttribute("data-asks-note"))?.closest("label");
  const returns = form.id === "reject" && asked?.value === "return";
  if (!label && !returns) return null;
  why(form, label ? "This reason needs a note that says what is wrong." : "Say in the note what its author should mend.");
  return note;
}

function ready(form, button) {
  asked = button;
  const place = missing(form);
  if (!place) asked = null;
  else {
    place.focus({ preventScroll: true });
    place.closest("fieldset").scrollIntoView({ block: "nearest" });
  }
  return !place;
}

document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-beside]");
  if (!form || !asked || event.target.name !== "reasons" || !event.target.checked) return;
  form.requestSubmit(asked);
});

/* 3. sent */

async function send(event) {
  const [form, button] = [event.currentTarget, event.submitter];
  event.preventDefault();
  event.stopPropagation();
  if (sending || !ready(form, button)) return;
  sending = true;
  const body = new FormData(form, button);
  body.set("seconds", seconds(document.querySelector("#decision [data-item]").dataset.item));
  const { words, form: fresh, review, elsewhere } = await ask(form.action, { method: "POST", body });
  sending = false;
  if (review) arrived(form, review);
  else if (fresh) {
    fresh.dataset.from = form.dataset.from;
    place(fresh);
  } else if (elsewhere || words) why(form, words);
}

function arrived(form, review) {
  opened.delete(form.dataset.from);
  over = null;
  const handed = new CustomEvent("review:answer", { detail: review, cancelable: true });
  if (document.dispatchEvent(handed)) location.reload();
}

// On a page of its own the form is sent as any other.
for (const form of document.querySelectorAll("form[data-beside]")) {
  form.addEventListener("submit", (event) => {
    if (event.submitter?.value !== "save" && !ready(form, event.submitter)) event.preventDefault();
  });
}
