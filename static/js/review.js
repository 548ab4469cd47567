/* The review stream, beside what htmx (one POST saves and brings the next example) and keys.js do:
   Bad asks for a reason first, a failed save keeps the decision and offers to try again, and what changed is said. */

const main = document.getElementById("main");
const KEPT = "winnow:decision";
let last = null; // the button of the decision that is on its way, or that did not arrive

const part = (selector) => main.querySelector(selector);
const picked = (form) => form.querySelectorAll('[name="reasons"]:checked').length > 0;

/* 1. why it is bad */

function askWhy() {
  const area = part("#reasons");
  area.toggleAttribute("data-mode-on", true);
  part('[data-mode="reasons"]').setAttribute("aria-pressed", "true");
  area.scrollIntoView({ block: "nearest" });
  area.querySelector("input").focus({ preventScroll: true });
  announce("Why is it bad? One key saves it, Shift and a key picks several.");
}

main.addEventListener(
  "submit",
  (event) => {
    const button = event.submitter;
    if (button?.value === "bad" && !picked(event.target)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      askWhy();
    } else last = button;
  },
  true,
);

// By mouse and touch as by keys: once Bad is pressed a reason saves; with Shift, or before Bad, it is only picked.
let pointer = null;
main.addEventListener("pointerdown", (event) => {
  pointer = event.target.closest?.("#reasons") ? event : null;
});
main.addEventListener("keydown", () => {
  pointer = null;
});
main.addEventListener("change", (event) => {
  const area = event.target.closest("#reasons[data-mode-on]");
  if (area && pointer && !pointer.shiftKey && event.target.checked) event.target.form.requestSubmit(part('[data-mode="reasons"]'));
});

// A press by requestSubmit() leaves out the button that was named; htmx knows clicked buttons only.
main.addEventListener("htmx:configRequest", (event) => {
  const button = event.detail.triggeringEvent?.submitter;
  if (button?.name) event.detail.parameters.set(button.name, button.value);
});

/* 2. a save that failed */

function keep(form) {
  const data = new FormData(form);
  const kept = { item: form.action, reasons: data.getAll("reasons"), note: data.get("note"), press: last?.dataset.key };
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(kept));
  } catch {
    // then it stays on this page only
  }
}

function forget() {
  last = null;
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // nothing was kept
  }
}

function unsaved(words) {
  const box = part("[data-unsaved]");
  if (!box) return;
  box.hidden = false;
  box.querySelector("[data-unsaved-words]").textContent = words;
  const state = part(".bar .state");
  state.dataset.state = "unsaved";
  state.querySelector("[data-state-words]").textContent = "Not saved";
  box.scrollIntoView({ block: "nearest" });
  const form = part("#decision");
  if (form) keep(form);
}

function failed(event, words) {
  event.stopPropagation();
  unsaved(words);
}

const WHY = { 403: "Not saved: your role or your sign-in changed. Load the page anew.", 404: "Not saved: this example is no longer here." };
main.addEventListener("htmx:sendError", (event) => failed(event, "Not saved: no connection. Your choice is kept on this page."));
main.addEventListener("htmx:timeout", (event) => failed(event, "Not saved: no answer came. Your choice is kept on this page."));
main.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  failed(event, WHY[status] ?? `Not saved: the server failed (${status}). Your choice is kept on this page.`);
});
// Whoever is signed out gets the page for signing in as the answer: it must not land inside the stream.
main.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target.id !== "review" || event.detail.serverResponse.includes('id="review"')) return;
  event.detail.shouldSwap = false;
  unsaved("Not saved: you are signed out. Sign in, and your choice is here again.");
});
main.addEventListener("click", (event) => {
  if (!event.target.closest("[data-retry]")) return;
  part("[data-unsaved]").hidden = true;
  const form = part("#decision") ?? part("form");
  form.requestSubmit(last ?? undefined);
});
addEventListener("beforeunload", (event) => {
  if (part("[data-unsaved]:not([hidden])") && last) event.preventDefault();
});

function restore() {
  let kept = null;
  try {
    kept = JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return;
  }
  const form = part("#decision");
  if (!kept || !form || kept.item !== form.action) return;
  for (const box of form.elements.reasons) box.checked = kept.reasons.includes(box.value);
  form.elements.note.value = kept.note;
  last = part(`[data-key="${kept.press}"]`);
  unsaved("This decision was not saved before. Try again, or decide anew.");
}

/* 3. after each example */

function announce(words) {
  part("[data-announce]").textContent = words;
}

let clock = null;
function watchLease() {
  clearTimeout(clock);
  const lease = part("[data-lease]");
  if (!lease) return;
  const left = new Date(lease.dataset.lease) - Date.now();
  clock = setTimeout(() => {
    lease.classList.add("hm");
    lease.prepend("No longer held: ");
  }, Math.max(0, Math.min(left, 2 ** 31 - 1)));
}

const turns = () => [...main.querySelectorAll(".turn")];

function prepare() {
  for (const turn of turns()) turn.tabIndex = -1;
  for (const steps of main.querySelectorAll("[data-steps]")) steps.hidden = false;
  watchLease();
}

main.addEventListener("click", (event) => {
  const by = Number(event.target.closest("[data-step]")?.dataset.step ?? 0);
  if (!by) return;
  const all = turns();
  const now = all.indexOf(document.activeElement.closest(".turn"));
  const next = all[Math.max(0, Math.min(all.length - 1, now + by))];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "start" });
});

function arrived() {
  prepare();
  const review = part("#review");
  announce(review.dataset.said);
  const place = part("[data-problem]") ?? part(".turn") ?? part(".empty .btn") ?? main;
  scrollTo(0, 0);
  place.focus({ preventScroll: true });
}

main.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "review") return;
  if (event.detail.xhr.status < 400) forget();
  arrived();
});
prepare();
restore();
