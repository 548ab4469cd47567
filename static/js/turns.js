/* The turns editor: add, remove, move, change the role. The order of the elements is the order that is sent. */

const turnsIn = (editor) => [...editor.querySelectorAll("[data-turns-list] > .turn")];
const NEXT = { system: "user", user: "assistant", assistant: "user", tool: "assistant" };

function say(editor, words) {
  editor.querySelector("[data-turns-said]").textContent = words;
}

const LABELS = { turn_role: "Role", turn_content: "Text", turn_input: "Input" };

function number(editor) {
  turnsIn(editor).forEach((turn, place) => {
    for (const [field, word] of Object.entries(LABELS)) {
      turn.querySelector(`[name="${field}"]`)?.setAttribute("aria-label", `${word} of turn ${place + 1}`);
    }
  });
}

// Autosave listens for input events, as if somebody had typed.
function changed(editor) {
  number(editor);
  editor.dispatchEvent(new Event("input", { bubbles: true }));
}

function setRole(turn, role) {
  turn.dataset.role = role;
  turn.querySelector('[name="turn_role"]').value = role;
}

function name(turn, editor) {
  return `Turn ${turnsIn(editor).indexOf(turn) + 1}`;
}

function add(editor) {
  const last = turnsIn(editor).at(-1);
  const turn = editor.querySelector("template").content.firstElementChild.cloneNode(true);
  setRole(turn, NEXT[last?.dataset.role] ?? "user");
  editor.querySelector("[data-turns-list]").append(turn);
  return turn;
}

function focusText(turn) {
  turn?.querySelector('[name="turn_content"]').focus();
}

function move(editor, turn, step) {
  const other = step < 0 ? turn.previousElementSibling : turn.nextElementSibling;
  if (!other) return say(editor, "It is already at the end.");
  const focused = turn.contains(document.activeElement) ? document.activeElement : null;
  if (step < 0) other.before(turn);
  else other.after(turn);
  focused?.focus();
  turn.scrollIntoView({ block: "nearest" });
  say(editor, `${name(turn, editor)} now.`);
  changed(editor);
}

function remove(editor, turn) {
  if (turnsIn(editor).length === 1) return say(editor, "The last turn stays.");
  const text = turn.querySelector('[name="turn_content"]').value;
  if (text.trim() && !confirm("Remove this turn and its text?")) return;
  const next = turn.nextElementSibling ?? turn.previousElementSibling;
  turn.remove();
  focusText(next);
  say(editor, "Turn removed.");
  changed(editor);
}

function act(editor, turn, what) {
  if (what === "up") move(editor, turn, -1);
  else if (what === "down") move(editor, turn, 1);
  else if (what === "remove") remove(editor, turn);
  else if (what === "add") {
    focusText(add(editor));
    changed(editor);
  }
}

/** Grow a text box with its text where the browser cannot by itself. */
function grow(box) {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-turns] [data-turn]");
  if (!button) return;
  event.preventDefault();
  act(button.closest("[data-turns]"), button.closest(".turn"), button.dataset.turn);
});
document.addEventListener("change", (event) => {
  if (event.target.matches?.('[data-turns] [name="turn_role"]')) setRole(event.target.closest(".turn"), event.target.value);
});
// A kept text can have more or fewer turns than the page: make room before its values are put back.
document.addEventListener("autosave:restore", (event) => {
  const editor = event.target.querySelector("[data-turns]");
  if (!editor) return;
  const count = event.detail.filter(([field]) => field === "turn_content").length;
  while (turnsIn(editor).length < count) add(editor);
  turnsIn(editor).slice(Math.max(1, count)).forEach((turn) => turn.remove());
  number(editor);
});

if (!CSS.supports("field-sizing", "content")) {
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-turns] textarea")) grow(event.target);
  });
  document.querySelectorAll("[data-turns] textarea").forEach(grow);
}
