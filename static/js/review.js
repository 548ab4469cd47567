/* The review stream. The next example is loaded ahead, so a decision shows it at once and is sent meanwhile; if it could
   not be saved, its example comes back with what was chosen. One POST at a time, each answered by #review anew.
   Without this module the same forms work by redirects. */

import { forget, keep, restore } from "./kept_decision.js";
import { localTimes } from "./times.js";

const main = document.getElementById("main");
const part = (selector, root = main) => root.querySelector(selector);
const GONE = "Not saved: no connection. Your choice is kept here.";
const SIGNED_OUT = "Not saved: you are signed out. Sign in, and your choice is here again.";
const WHY = { 403: "Not saved: your role has changed. Load the page anew.", 404: "Not saved: this example is no longer here." };

let sending = null; // {form, button} on its way; without a form only the next example is being loaded
let waiting = null; // the one that follows it
let unsent = null; // the button of what could not be sent

/* 1. one POST */

async function ask(address, body) {
  const headers = { "HX-Request": "true" };
  let answer = null;
  try {
    // keepalive: whoever leaves the page at once has decided all the same
    answer = await fetch(address, { method: "POST", body, headers, redirect: "manual", keepalive: true });
  } catch {
    return { words: GONE };
  }
  if (answer.type === "opaqueredirect") return { words: SIGNED_OUT };
  if (!answer.ok && answer.status !== 409 && answer.status !== 422) {
    return { words: WHY[answer.status] ?? `Not saved: the server failed (${answer.status}). Your choice is kept here.` };
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("review");
  return { fresh: document.adoptNode(fresh), saved: answer.ok };
}

async function send(form, button) {
  if (sending) {
    if (sending.form !== form) waiting ??= { form, button };
    return;
  }
  sending = { form, button };
  const body = new FormData(form, button);
  const reply = ask(button?.hasAttribute("formaction") ? button.formAction : form.action, body);
  const left = button?.hasAttribute("data-back") ? null : step(form);
  say("saving", "Saving…");
  const { words, fresh, saved } = await reply;
  sending = null;
  if (words) failed(words, left, button);
  else if (saved) arrived(fresh);
  else refused(fresh, left);
  follow();
}

/** Load what comes after the example that the page came with. */
async function loadAhead() {
  sending = {};
  const body = new FormData();
  body.set("csrfmiddlewaretoken", part('[name="csrfmiddlewaretoken"]').value);
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

/** Keep a card loaded behind the one that is shown. */
function hold(card) {
  part("template[data-ahead]")?.remove();
  if (!card) return;
  const ahead = document.createElement("template");
  ahead.dataset.ahead = "";
  ahead.content.append(card);
  part("#review").append(ahead);
}

/** Put the next example before the reviewer; return the one that was left, or null when none is loaded. */
function step(form) {
  const next = behind();
  if (!next || form.id !== "decision") return null;
  swap(form, next);
  hold(null);
  focusOn(next);
  return form;
}

function swap(old, next) {
  const [was, is] = [part(".guidelines", old), part(".guidelines", next)];
  if (was && is) is.open = was.open;
  old.replaceWith(next);
  prepare();
}

/** Show an answer; the example that is there already stays as it is, with what was typed meanwhile. */
function show(fresh) {
  const shown = part("#decision");
  if (!shown || shown.action !== part("#decision", fresh)?.action) {
    swap(part("#review"), fresh);
    return focusOn(fresh);
  }
  part(".bar").replaceWith(part(".bar", fresh));
  hold(part("template[data-ahead]", fresh)?.content.firstElementChild);
  prepare();
}

function arrived(fresh) {
  forget();
  unsent = null;
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

/* 3. what is said, and where the reader is */

function announce(words) {
  part("[data-announce]").textContent = words;
}

function say(state, words) {
  const place = part(".bar .state");
  place.dataset.state = state;
  part("[data-state-words]", place).textContent = words;
}

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
function prepare() {
  for (const turn of main.querySelectorAll(".turn")) turn.tabIndex = -1;
  for (const steps of main.querySelectorAll("[data-steps]")) steps.hidden = false;
  localTimes(main);
  const lease = part("[data-lease]");
  clearTimeout(clock);
  if (lease) clock = setTimeout(timeIsOver, new Date(lease.dataset.lease) - Date.now(), lease);
}

/* 4. what the reviewer presses */

/** Ask for what is missing before anything is sent; the server asks for the same. */
function ready(form, button) {
  const reasons = [...form.querySelectorAll('[name="reasons"]:checked')].map((box) => box.value);
  if (button?.value !== "bad") return true;
  const note = form.elements.note;
  if (reasons.includes("other") && !note.value.trim()) {
    note.focus();
    announce("“Other” needs a note that says what is wrong.");
  } else if (!reasons.length) {
    const area = part("#reasons");
    area.toggleAttribute("data-mode-on", true);
    part('[data-mode="reasons"]').setAttribute("aria-pressed", "true");
    part("input", area).focus({ preventScroll: true });
    area.closest("fieldset").scrollIntoView({ block: "nearest" });
    announce("Why is it bad? One key saves it, Shift and a key picks several.");
  } else return true;
  return false;
}

main.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.id !== "decision" || ready(event.target, event.submitter)) send(event.target, event.submitter);
});

// By mouse and touch as by keys: once Bad is pressed a reason saves; with Shift, or before Bad, it is only picked.
let pointer = null;
main.addEventListener("pointerdown", (event) => {
  pointer = event.target.closest("#reasons") && event;
});
main.addEventListener("keydown", (event) => {
  pointer = null;
  const done = event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat;
  if (done && event.target.id === "note") event.target.form.requestSubmit(part('[data-mode="reasons"]'));
});
main.addEventListener("change", (event) => {
  const on = event.target.closest("#reasons[data-mode-on]");
  if (on && pointer && !pointer.shiftKey && event.target.checked) event.target.form.requestSubmit(part('[data-mode="reasons"]'));
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
addEventListener("beforeunload", (event) => {
  if (unsent) event.preventDefault();
});

/* 5. the page as it came */

prepare();
const again = restore(part("#decision"));
if (again) complain("This decision was not saved before. Try again, or decide anew.", again);
const start = part("form[data-start]");
if (start) send(start, part("button", start));
else if (part("#decision")) loadAhead();
