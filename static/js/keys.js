/* One registry of keys: the elements of the page.
   data-key="a" or "j,ArrowRight" or "ctrl+enter" (⌘ too): the key clicks the element, or puts the cursor into a text box.
   data-key-scope: keys inside it work only while the focus is in it.
   data-mode="ID" on a button: its key turns on the choices inside #ID, each with its own data-key; then a choice's key
   picks it and submits by the button, Shift + key only picks, Enter submits, Esc or the same key turns it off. A choice
   that is a button submits itself; with data-mode-again the same key submits instead of turning it off. */

const TEXT =
  'textarea, select, [contenteditable]:not([contenteditable="false"]), input:not([type="checkbox"], [type="radio"], ' +
  '[type="button"], [type="submit"], [type="reset"], [type="file"], [type="range"], [type="color"])';
const OWN_KEYS = "a[href], button, summary, input";

/** Name what was pressed as in data-key: "a", "shift+1", "ctrl+enter", "alt+arrowup"; "" where it is not for us. */
export function combo(event) {
  if (event.isComposing || event.getModifierState("AltGraph")) return "";
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  const digit = /^Digit(\d)$/.exec(event.code)?.[1];
  let key = event.key === " " ? "space" : event.key.toLowerCase();
  // Digits by place, so that Shift and French keyboards work; letters by place where the layout types no Latin ones.
  if (digit) key = digit;
  else if (letter && (event.altKey || !/^[\x21-\x7e]$/.test(key))) key = letter.toLowerCase();
  const shift = event.shiftKey && (letter || digit || key.length > 1);
  return `${event.ctrlKey || event.metaKey ? "ctrl+" : ""}${event.altKey ? "alt+" : ""}${shift ? "shift+" : ""}${key}`;
}

const keysOf = (element) => element.dataset.key.toLowerCase().split(",");
const usable = (element) => !element.disabled && !element.closest("[inert]") && element.checkVisibility({ visibilityProperty: true });
const carries = (pressed) => (element) => keysOf(element).includes(pressed) && usable(element);

function find(pressed) {
  const page = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document;
  const here = [...page.querySelectorAll("[data-key]")].filter(carries(pressed));
  const focus = document.activeElement;
  const open = here.filter((element) => {
    const scope = element.closest("[data-key-scope]");
    return !element.closest("[data-mode-keys]") && (!scope || scope.contains(focus));
  });
  return open.find((element) => focus?.form && element.form === focus.form) ?? open[0];
}

function activate(element) {
  if (element.dataset.mode) setMode(document.getElementById(element.dataset.mode), true);
  else if (element.matches(TEXT)) element.focus();
  else element.click();
}

const modeButton = (area) => document.querySelector(`[data-mode="${area.id}"]`);

function setMode(area, on) {
  if (on) for (const other of document.querySelectorAll("[data-mode-on]")) if (other !== area) setMode(other, false);
  area.toggleAttribute("data-mode-on", on);
  modeButton(area)?.setAttribute("aria-pressed", String(on));
  if (on) area.scrollIntoView({ block: "nearest" });
}

/** Take a key while the choices of `area` are on; false leaves it to the rest of the page. */
function choose(area, pressed) {
  const button = modeButton(area);
  const plain = pressed.replace("shift+", "");
  const choice = [...area.querySelectorAll("[data-key]")].find(carries(plain));
  const again = keysOf(button).includes(pressed);
  if (choice?.matches("button")) choice.click();
  else if (choice) {
    if (plain !== pressed || !choice.checked) choice.click();
    if (plain === pressed) button.form.requestSubmit(button);
  } else if (pressed === "enter" || (again && "modeAgain" in button.dataset)) button.form.requestSubmit(button);
  else if (pressed === "escape" || again) setMode(area, false);
  else return false;
  return true;
}

function lettersOff() {
  try {
    return localStorage.getItem("winnow:letters") === "off";
  } catch {
    return false;
  }
}

async function openSheet() {
  const { showSheet } = await import(document.body.dataset.sheet);
  showSheet();
}

function onKey(event) {
  const pressed = combo(event);
  if (!pressed || event.defaultPrevented) return;
  const chord = /^(ctrl|alt)\+/.test(pressed);
  const box = event.target.closest?.(TEXT);
  if (box && pressed === "escape") {
    event.preventDefault();
    box.blur();
  }
  if (!chord && (box || (pressed !== "?" && lettersOff()))) return;
  const area = document.querySelector("[data-mode-on]");
  const own = /^(enter|space|arrow\w+)$/.test(pressed) && event.target.matches?.(OWN_KEYS);
  if (area && !event.repeat && choose(area, pressed)) return event.preventDefault();
  if (own && !(pressed.startsWith("arrow") && event.target.matches("a, button"))) return;
  const element = find(pressed);
  if (!element && pressed !== "?") return;
  event.preventDefault();
  if (event.repeat) return;
  if (pressed === "?") openSheet();
  else activate(element);
}

document.addEventListener("keydown", onKey);
document.addEventListener("click", (event) => {
  if (event.target.closest?.('[data-key="?"]')) openSheet();
});

if (/Mac|iPhone|iPad/.test(navigator.platform)) {
  const rename = (root) => {
    for (const key of root.querySelectorAll("kbd")) key.textContent = key.textContent.replace("Ctrl", "⌘");
  };
  rename(document);
  document.addEventListener("htmx:load", (event) => rename(event.target));
}
