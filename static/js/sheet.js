/* The sheet of keys, made from the page's own data-key elements when "?" is pressed. */

const NAMES = { ctrl: "Ctrl", alt: "Alt", shift: "Shift", enter: "↵", arrowup: "↑", arrowdown: "↓", arrowleft: "←", arrowright: "→", space: "Space" };
const ALWAYS = [["Esc", "Leave the text box"], ["?", "This sheet"]];

function nice(keys) {
  const mac = /Mac|iPhone|iPad/.test(navigator.platform);
  const one = (key) => key.split("+").map((part) => (part === "ctrl" && mac ? "⌘" : NAMES[part] ?? part.toUpperCase())).join(" + ");
  return keys.toLowerCase().split(",").map(one);
}

function label(element) {
  const named = element.dataset.keyLabel ?? element.getAttribute("aria-label") ?? element.closest("label")?.textContent;
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd, .sr-only").forEach((part) => part.remove());
  return (named ?? copy.textContent).replace(/\s+/g, " ").trim();
}

/** One line for all the choices that a key turns on: "X, 1–6". */
function choices(area) {
  const [first, last] = [0, -1].map((at) => [...area.querySelectorAll("[data-key]")].at(at).dataset.key);
  const button = document.querySelector(`[data-mode="${area.id}"]`);
  return [nice(button.dataset.key).map((key) => `${key}, ${first}–${last}`), area.dataset.modeKeys];
}

/** List [keys, words] for everything on the page that has a key, each line once. */
function lines() {
  const seen = new Map();
  for (const element of document.querySelectorAll("[data-key]:not([data-key='?'])")) {
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    const area = element.closest("[data-mode-keys]");
    if (area) seen.set(area.id, choices(area));
    else seen.set(element.dataset.key, [nice(element.dataset.key), label(element)]);
  }
  return [...seen.values(), ...ALWAYS.map(([key, words]) => [[key], words])];
}

function list() {
  const box = document.createElement("dl");
  box.className = "keys-list";
  for (const [keys, words] of lines()) {
    const term = document.createElement("dt");
    for (const key of keys) {
      const hint = document.createElement("kbd");
      hint.textContent = key;
      term.append(hint, " ");
    }
    const meaning = document.createElement("dd");
    meaning.textContent = words;
    box.append(term, meaning);
  }
  return box;
}

function lettersSwitch() {
  const row = document.createElement("label");
  row.className = "row";
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = localStorage.getItem("winnow:letters") !== "off";
  box.addEventListener("change", () => localStorage.setItem("winnow:letters", box.checked ? "on" : "off"));
  row.append(box, "Keys without Ctrl or Alt work in this browser");
  return row;
}

function frame() {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "sheet-title");
  dialog.setAttribute("closedby", "any");
  const title = document.createElement("h2");
  title.id = "sheet-title";
  title.textContent = "Keys on this page";
  const close = document.createElement("button");
  close.className = "btn small";
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  const head = document.createElement("header");
  head.append(title, close);
  const body = document.createElement("div");
  body.className = "body";
  body.append(list(), lettersSwitch());
  if (document.body.dataset.keys) {
    const change = document.createElement("a");
    change.href = document.body.dataset.keys;
    change.textContent = "Change keys";
    body.append(change);
  }
  dialog.append(head, body);
  dialog.addEventListener("close", () => dialog.remove());
  return dialog;
}

let open = null;

/** Open the sheet, or close it when it is open. */
export function showSheet() {
  if (open?.isConnected) return open.close();
  document.getElementById("person")?.hidePopover?.();
  open = frame();
  document.body.append(open);
  open.showModal();
}
