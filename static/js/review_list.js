/* The review stream as a list: each example is decided where it stands, and stays there until the page is left. */

import { ask } from "./ask.js";
import { announce, keepBar, mode, part, ready, renewBar, say } from "./decide.js";
import { seconds, watch } from "./stopwatch.js";
import { localTimes } from "./times.js";

const main = document.getElementById("main");
const entries = () => [...main.querySelectorAll(".entry")];
const open = () => entries().filter((entry) => !entry.matches(".decided"));
const codeOf = (entry) => part("[data-item]", entry).dataset.item;
const on = new Set(); // the entries that are on their way

/* 1. one POST for one example; several may be on their way */

async function send(entry, button) {
  if (on.has(entry)) return;
  on.add(entry);
  const body = new FormData(entry, button);
  body.set("seconds", seconds(codeOf(entry)));
  const verdict = button.value === "good" ? "good" : button.value === "bad" ? "bad" : "skipped";
  settle(entry, true, verdict);
  goTo(after(entry));
  say("saving", "Saving…");
  const { words, fresh, saved } = await ask(button.hasAttribute("formaction") ? button.formAction : entry.action, body);
  on.delete(entry);
  if (words) failed(entry, words);
  else if (saved) arrived(entry, fresh);
  else refused(entry, fresh);
}

function arrived(entry, fresh) {
  part("[data-verdict]", entry).replaceChildren(...part("[data-verdict]", fresh).childNodes);
  undoable(fresh);
  renewBar(fresh);
  announce(fresh.dataset.said);
}

function failed(entry, words) {
  settle(entry, false);
  say("unsaved", "Not saved");
  const banner = part("[data-unsaved]", entry);
  banner.hidden = false;
  part("[data-unsaved-words]", banner).textContent = words;
  part("[data-retry]", banner).hidden = true;
  goTo(entry);
}

function refused(entry, fresh) {
  const anew = part(".entry", fresh);
  entry.replaceWith(anew);
  say("unsaved", "Not saved");
  goTo(anew);
  part("[data-problem]", anew)?.scrollIntoView({ block: "nearest" });
  announce(part("[data-problem]", anew)?.textContent.trim() ?? "Not saved: look at what is marked.");
}

async function undo(form) {
  const body = new FormData(form);
  body.set("view", "list");
  say("saving", "Saving…");
  const { words, fresh } = await ask(form.action, body);
  if (words) {
    say("unsaved", "Not saved");
    return announce(words);
  }
  renewBar(fresh);
  undoable(fresh);
  announce(fresh.dataset.said);
  const entry = entries().find((each) => codeOf(each) === fresh.dataset.code);
  if (!entry && fresh.dataset.code) return location.reload(); // it was decided on an earlier page
  if (!entry) return;
  for (const box of entry.querySelectorAll('[name="reasons"]')) box.checked = false;
  settle(entry, false);
  goTo(entry);
}

function undoable(fresh) {
  part("button[data-undo]").disabled = !fresh.hasAttribute("data-undo");
}

/** Grey an example with what was said of it, or give it back. */
function settle(entry, decided, words = "") {
  mode(null, false);
  entry.classList.toggle("decided", decided);
  part(".entry-keys", entry).hidden = decided;
  part("[data-unsaved]", entry).hidden = true;
  part("[data-verdict]", entry).textContent = words;
  left();
}

/* 2. from one to the next */

const after = (entry) => {
  const all = entries();
  const rest = [...all.slice(all.indexOf(entry) + 1), ...all.slice(0, all.indexOf(entry))];
  return rest.find((each) => !each.matches(".decided")) ?? entry;
};

function goTo(entry) {
  if (!entry) return;
  for (const each of entries()) each.classList.toggle("at", each === entry);
  entry.focus({ preventScroll: true });
  entry.scrollIntoView({ block: "nearest" });
  watch(codeOf(entry));
}

function left() {
  const count = open().length;
  const place = part("[data-left]");
  if (place) place.textContent = count ? `${count} of these are not decided yet.` : "All of these are decided.";
}

async function fill(form) {
  const body = new FormData(form);
  body.set("view", "list");
  const { words, fresh, saved } = await ask(part("#review").dataset.next, body);
  if (words || !saved) return announce(words ?? "The list could not be filled.");
  keepBar(part("#review"), fresh);
  part("#review").replaceWith(fresh);
  prepare();
}

function prepare() {
  localTimes(main);
  left();
  if (entries().length) goTo(open()[0]);
  else part("[data-empty]")?.focus();
  scrollTo(0, 0);
}

/* 3. what the reviewer presses */

main.addEventListener("submit", (event) => {
  const { target: form, submitter: button } = event;
  if (event.defaultPrevented || form.matches(".views")) return;
  event.preventDefault();
  if (form.matches(".entry")) {
    if (ready(form, button)) send(form, button);
  } else if (form.matches("[data-undo-form]")) undo(form);
  else if (form.matches("[data-more], [data-start]")) fill(form);
  else form.submit();
});

main.addEventListener("focusin", (event) => {
  const entry = event.target.closest(".entry");
  if (!entry || entry.matches(".at")) return;
  for (const each of entries()) each.classList.toggle("at", each === entry);
  watch(codeOf(entry));
});

// The marked example has the keys also when nothing has the focus, as after a press beside everything.
document.addEventListener("keydown", () => document.activeElement === document.body && part(".entry.at")?.focus({ preventScroll: true }), true);

main.addEventListener("click", (event) => {
  const by = Number(event.target.closest("[data-step]")?.dataset.step ?? 0);
  const all = entries();
  if (by) goTo(all[Math.max(0, Math.min(all.length - 1, all.findIndex((each) => each.matches(".at")) + by))]);
});

/* 4. the page as it came: what was held already is shown, the rest is claimed */

prepare();
const claim = part("form[data-start]") ?? part("form[data-more]");
if (claim && claim.dataset.start !== "wait" && entries().length < Number(part("#review").dataset.list)) fill(claim);
