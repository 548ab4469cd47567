/* Examples picked for one action. data-pick on the form; data-pick-row on each row that holds a box; buttons
   data-pick-step="-1|1", data-pick-this; boxes data-pick-page, data-pick-whole; data-pick-count says how many.
   Shift and a click picks a stretch. Rows may come anew, and there may be none. Without this module the same boxes and
   buttons work. */

const form = document.querySelector("form[data-pick]");
const part = (selector) => form.querySelector(selector);
const boxes = () => [...form.querySelectorAll("[data-pick-row] input[type=checkbox]")];
const here = () => boxes().find((box) => box.closest("[data-pick-row]").contains(document.activeElement));

let last = null; // the box that was changed before, for a stretch

function say(words) {
  part("[data-pick-count]").textContent = words;
}

function count() {
  const whole = part("[data-pick-whole]")?.checked ?? false;
  const picked = boxes().filter((box) => box.checked).length;
  for (const box of boxes()) box.disabled = whole;
  const page = part("[data-pick-page]");
  if (!page) return;
  page.hidden = false;
  page.checked = picked > 0 && picked === boxes().length;
  say(whole ? "" : `${picked} picked`);
}

function step(by) {
  const all = boxes();
  const at = all.indexOf(here());
  const next = all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + by))];
  next.focus({ preventScroll: true });
  next.closest("[data-pick-row]").scrollIntoView({ block: "nearest" });
}

function pickHere() {
  const box = here() ?? boxes()[0];
  if (!here()) box.focus();
  box.click();
}

function stretch(to, shift) {
  const all = boxes();
  const ends = [all.indexOf(last), all.indexOf(to)].sort((one, other) => one - other);
  if (shift && last) for (const box of all.slice(ends[0], ends[1] + 1)) box.checked = to.checked;
  last = to;
}

function prepare() {
  const steps = part("[data-pick-steps]");
  if (steps) steps.hidden = false;
  form.addEventListener("click", (event) => {
    const by = Number(event.target.closest("[data-pick-step]")?.dataset.pickStep ?? 0);
    if (by) step(by);
    if (event.target.closest("[data-pick-this]")) pickHere();
    if (boxes().includes(event.target)) stretch(event.target, event.shiftKey);
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick-page]")) for (const box of boxes()) box.checked = event.target.checked;
    count();
  });
  form.addEventListener("htmx:afterSettle", count);
  form.addEventListener("submit", (event) => {
    if (boxes().some((box) => box.checked) || part("[data-pick-whole]")?.checked) return;
    event.preventDefault();
    say("Pick at least one example");
    boxes()[0].focus();
  });
  count();
}

if (form) prepare();
