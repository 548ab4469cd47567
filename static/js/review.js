/* The review stream, one example at a time. The next one is loaded ahead, so a decision shows it at once and is sent
   meanwhile; if it could not be saved, its example comes back with what was chosen. One POST at a time, each answered by
   #review: anew, or with what follows the example that is shown. Without this module the same forms work by redirects. */

import { ask } from "./ask.js";
import { announce, keepBar, mode, part, ready, renewBar, say } from "./decide.js";
import { clearFind, showFind } from "./find.js";
import { forget, keep, restore } from "./kept_decision.js";
import { reset, seconds, watch } from "./stopwatch.js";
import { localTimes } from "./times.js";

const PROGRESS_EVERY = 20; // decisions
const main = document.getElementById("main");
const code = (root) => (root?.matches("[data-item]") ? root : root?.querySelector("[data-item]"))?.dataset.item;

let sending = null; // {form, button} on its way; without a form only the next example is being loaded
let waiting = null; // the one that follows it
let unsent = null; // the button of what could not be sent
let decisions = 0;

/* 1. one POST */

async function send(form, button) {
  if (sending) {
    if (sending.form !== form) waiting ??= { form, button };
    return;
  }
  sending = { form, button };
  const next = form.id === "decision" && !button?.hasAttribute("data-back") ? behind() : null;
  const reply = ask(button?.hasAttribute("formaction") ? button.formAction : form.action, bodyOf(form, button, next));
  const left = next ? step(form, next) : null;
  say("saving", "Saving…");
  const { words, fresh, saved } = await reply;
  sending = null;
  if (words) failed(words, left, button);
  else if (saved) arrived(fresh, form);
  else refused(fresh, left);
  follow();
}

function bodyOf(form, button, next) {
  const body = new FormData(form, button);
  if (code(form)) body.set("seconds", seconds(code(form)));
  if (next) body.set("shown", code(next));
  if (++decisions % PROGRESS_EVERY === 0) body.set("progress", "1");
  return body;
}

/** Load what comes after the example that the page came with. */
async function loadAhead() {
  sending = {};
  const body = new FormData();
  body.set("csrfmiddlewaretoken", part('[name="csrfmiddlewaretoken"]').value);
  body.set("shown", code(part("#decision")));
  const { fresh, saved } = await ask(part("#review").dataset.next, body);
  sending = null;
  if (saved) show(fresh);
  follow();
}

function follow() {
  const next = waiting;
  waiting = null;
  if (next?.form.isConnected) send(next.form, next.button);
}

/* 2. from one example to the next */

const behind = () => part("template[data-ahead]")?.content.firstElementChild;

/** Keep a text, or a whole card with what was typed into it, loaded behind the one that is shown. */
function hold(card) {
  part("template[data-ahead]")?.remove();
  if (!card) return;
  const ahead = document.createElement("template");
  ahead.dataset.ahead = "";
  ahead.content.append(card);
  part("#review").append(ahead);
}

/** Put the next example before the reviewer; return the card that was left. */
function step(form, next) {
  swap(form, next.matches("form") ? next : cardOf(form, next));
  hold(null);
  focusOn(part("#decision"));
  return form;
}

/** Make a card of a text: the buttons are those of the card before, with nothing chosen. */
function cardOf(form, text) {
  const card = form.cloneNode(true);
  part("[data-item]", card).replaceWith(text);
  for (const gone of card.querySelectorAll("[data-problem], .errors")) gone.remove();
  for (const box of card.querySelectorAll('[name="reasons"]')) box.checked = false;
  for (const on of card.querySelectorAll("[data-mode-on]")) on.removeAttribute("data-mode-on");
  for (const button of card.querySelectorAll("[data-mode]")) button.setAttribute("aria-pressed", "false");
  for (const name of ["action", "formaction", "href"]) {
    for (const each of [card, ...card.querySelectorAll("[formaction], [data-beside-open]")]) {
      if (each.hasAttribute(name)) each.setAttribute(name, each.getAttribute(name).replace(/\/item\/\d+\//, `/item/${text.dataset.item}/`));
    }
  }
  card.elements.note.value = "";
  card.elements.note.removeAttribute("aria-invalid");
  card.elements.revision.value = text.dataset.revision;
  return card;
}

function swap(old, next) {
  const [was, is] = [part(".guidelines", old), part(".guidelines", next)];
  if (was && is) is.open = was.open;
  keepBar(old, next);
  old.replaceWith(next);
  prepare();
}

/** Show an answer; the example that is there already stays as it is, with what was typed meanwhile. */
function show(fresh) {
  const shown = part("#decision");
  const stays = shown && (fresh.dataset.shown === code(shown) || shown.action === part("#decision", fresh)?.action);
  if (!stays) {
    const counted = part("[data-progress]", fresh) !== null;
    swap(part("#review"), fresh);
    if (!counted) count(fresh);
    return focusOn(fresh);
  }
  const last = part("#last", fresh);
  if (last) {
    if (part("details", last)) part("details", last).open = part("#last details[open]") !== null;
    part("#last", shown).replaceWith(last);
  }
  if (fresh.dataset.shown) part("[data-undo]", shown).disabled = !fresh.hasAttribute("data-undo");
  renewBar(fresh);
  hold(part("template[data-ahead]", fresh)?.content.firstElementChild);
  prepare();
}

/** A whole answer brings no progress: the one that was shown goes on from there. */
function count(fresh) {
  const today = part("[data-today]");
  if (today) today.textContent = Math.max(0, Number(today.textContent) + Number(fresh.dataset.done));
}

function arrived(fresh, form) {
  forget();
  unsent = null;
  reset(code(form));
  show(fresh);
  announce(fresh.dataset.said);
}

/** The example that was left comes back with the reason; the one shown meanwhile waits behind it again. */
function refused(fresh, left) {
  const next = left ? part("#decision") : behind();
  swap(part("#review"), fresh);
  hold(next);
  focusOn(fresh);
}

function failed(words, left, button) {
  if (left) {
    const next = part("#decision");
    swap(next, left);
    hold(next);
  }
  complain(words, button);
  say("unsaved", "Not saved");
  part("[data-retry]").focus({ preventScroll: true });
  if (part("#decision")) keep(part("#decision"), button);
}

function complain(words, button) {
  unsent = button ?? null;
  part("[data-unsaved]").hidden = false;
  part("[data-unsaved-words]").textContent = words;
  part("[data-retry]").hidden = false;
  scrollTo(0, 0);
}

/* 3. where the reader is */

function focusOn(root) {
  scrollTo(0, 0);
  const place = part("[data-problem]", root) ?? part(".turn", root) ?? part("[data-empty]", root);
  place?.focus({ preventScroll: true });
}

function timeIsOver(lease) {
  lease.classList.add("hm");
  lease.textContent = "Your time is over: it saves unless somebody else has it";
}

let clock = 0;
let before = null;
function prepare() {
  for (const steps of main.querySelectorAll("[data-steps]")) steps.hidden = main.querySelectorAll(".turn").length < 4;
  localTimes(main);
  showFind();
  const lease = part("[data-lease]");
  clearTimeout(clock);
  if (lease) clock = setTimeout(timeIsOver, new Date(lease.dataset.lease) - Date.now(), lease);
  const now = code(part("#decision"));
  if (now !== before) clearFind();
  before = now;
  watch(now);
}

/** Show the same example the other way, as Markdown or as it is; what was chosen and typed stays. */
async function look(button) {
  const body = new FormData(button.form, button);
  const answer = await fetch(button.formAction, { method: "POST", body }).catch(() => null);
  const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  const text = page && [...page.querySelectorAll("[data-item]")].find((each) => each.dataset.item === code(part("#decision")));
  if (!text) return location.reload();
  const on = button.value === "on";
  button.value = on ? "off" : "on";
  button.setAttribute("aria-pressed", String(on));
  clearFind();
  part("#decision [data-item]").replaceWith(document.adoptNode(text));
  hold(null);
  prepare();
  loadAhead();
}

/* 4. what the reviewer presses */

main.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.matches(".views")) return;
  event.preventDefault();
  const { target: form, submitter: button } = event;
  if (button?.hasAttribute("data-look")) look(button);
  else if (form.id !== "decision" || ready(form, button)) send(form, button);
});

main.addEventListener("click", (event) => {
  const by = Number(event.target.closest("[data-step]")?.dataset.step ?? 0);
  const turns = [...main.querySelectorAll(".turn")];
  const next = turns[Math.max(0, Math.min(turns.length - 1, turns.indexOf(document.activeElement.closest(".turn")) + by))];
  if (by) {
    next.classList.add("at");
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "start" });
  }
  if (!event.target.closest("[data-retry]")) return;
  part("[data-unsaved]").hidden = true;
  (unsent?.form ?? part("form")).requestSubmit(unsent);
});
// A fix or a rejection, sent by fix.js from the form that stood over the example.
document.addEventListener("review:answer", (event) => {
  event.preventDefault();
  arrived(event.detail, part("#decision"));
});
addEventListener("beforeunload", (event) => {
  if (unsent) event.preventDefault();
});

/* 5. the page as it came */

prepare();
const again = restore(part("#decision"));
if (again) complain("This decision was not saved before. Try again, or decide anew.", again);
const start = part("form[data-start]");
if (start?.dataset.start === "wait") part("button", start).focus();
else if (start) send(start, part("button", start));
else if (part("#decision")) loadAhead();
