/* What deciding asks for before anything is sent, the same for one example and for a list. */

import { localTimes } from "./times.js";

export const part = (selector, root = document.getElementById("main")) => root.querySelector(selector);

export function announce(words) {
  part("[data-announce]").textContent = words;
}

export function say(state, words) {
  const place = part(".bar .state");
  place.dataset.state = state;
  part("[data-state-words]", place).textContent = words;
}

/** Turn the choices of `area` on and all others off, as its key does. */
export function mode(area, on) {
  for (const other of document.querySelectorAll("[data-mode-on]")) {
    other.removeAttribute("data-mode-on");
    document.querySelector(`[data-mode="${other.id}"]`)?.setAttribute("aria-pressed", "false");
  }
  if (!on) return;
  area.setAttribute("data-mode-on", "");
  area.scrollIntoView({ block: "nearest" });
  document.querySelector(`[data-mode="${area.id}"]`)?.setAttribute("aria-pressed", "true");
}

/** Ask for what is missing before anything is sent; the server asks for the same. */
export function ready(form, button) {
  if (button?.name === "skip") return asksWhy(part("[data-skips]", form));
  if (button?.value !== "bad") return true;
  const area = part("[data-reasons]", form);
  const picked = [...area.querySelectorAll("input:checked")];
  const wordy = picked.find((box) => "asksNote" in box.dataset);
  const note = form.elements.note;
  if (wordy && !note.value.trim()) {
    mode(area, true);
    note.focus();
    announce(`“${wordy.parentElement.textContent.replace(/^\d/, "").trim()}” needs a note that says what is wrong.`);
    return false;
  }
  if (picked.length) return true;
  mode(area, true);
  part("input", area).focus({ preventScroll: true });
  announce("Why is it bad? One key saves it, Shift and a key picks several.");
  return false;
}

/** The first press asks why it is skipped, the second skips without a reason. */
function asksWhy(area) {
  if (area.hasAttribute("data-mode-on")) return true;
  mode(area, true);
  announce("Why is it skipped? One key, or Skip again without a reason.");
  return false;
}

/** Put what only a whole page has into the bar of a new answer: the way to the other pages, and the progress. */
export function keepBar(old, fresh) {
  const bar = part(".bar", fresh);
  for (const selector of bar ? ["[data-progress]", ".tabs"] : []) {
    const was = part(selector, old);
    if (was && !part(selector, bar)) bar.prepend(was);
  }
}

/** Put what came of a decision into the bar: until when, what was saved, the progress where it was asked for. */
export function renewBar(fresh) {
  const counted = part("[data-progress]", fresh) !== null;
  for (const selector of ["[data-state-of]", "[data-progress]"]) {
    const is = part(selector, fresh);
    if (is) part(selector)?.replaceWith(is);
  }
  const today = part("[data-today]");
  if (today && !counted) today.textContent = Math.max(0, Number(today.textContent) + Number(fresh.dataset.done ?? 0));
  localTimes(document.getElementById("main"));
}

/** Load what the filters said of an example, once its line is opened. */
document.addEventListener(
  "toggle",
  async (event) => {
    const { findings } = event.target.dataset ?? {};
    if (!findings || !event.target.open || event.target.dataset.asked) return;
    event.target.dataset.asked = "";
    const answer = await fetch(findings, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return delete event.target.dataset.asked;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const link = part("[data-found] a", event.target).cloneNode(true);
    link.textContent = "The example and its history";
    part("[data-found]", event.target).replaceChildren(...page.body.childNodes, link);
  },
  true,
);

// By mouse and touch as by keys: once Bad is pressed a reason saves; with Shift, or before Bad, it is only picked.
let pointer = null;
document.addEventListener("pointerdown", (event) => {
  pointer = event.target.closest("[data-reasons]") && event;
});
document.addEventListener("keydown", (event) => {
  pointer = null;
  const done = event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat;
  if (done && event.target.name === "note") event.target.form.requestSubmit(part('[value="bad"][data-mode]', event.target.form));
});
document.addEventListener("change", (event) => {
  const on = event.target.closest("[data-reasons][data-mode-on]");
  if (on && pointer && !pointer.shiftKey && event.target.checked) event.target.form.requestSubmit(part('[value="bad"][data-mode]', event.target.form));
});
