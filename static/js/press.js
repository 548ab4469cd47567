/* A field that takes the key that is pressed in it, and sends its form. */

import { combo } from "./keys.js";

const NAMES = { ctrl: "Ctrl", alt: "Alt", shift: "Shift", enter: "↵", space: "Space", arrowup: "↑", arrowdown: "↓", arrowleft: "←", arrowright: "→" };
const ALONE = /(?:^|\+)(control|shift|alt|meta|altgraph|dead|process|unidentified|capslock)$/;

const named = (keys) => keys.split("+").map((part) => NAMES[part] ?? part.toUpperCase()).join(" + ");

for (const field of document.querySelectorAll("[data-press]")) {
  const sent = document.createElement("input");
  sent.type = "hidden";
  sent.name = field.name;
  sent.value = field.value;
  field.removeAttribute("name");
  field.readOnly = true;
  field.value = named(sent.value);
  field.after(sent);
  field.form.classList.add("pressed");
  field.addEventListener("focus", () => (field.value = "Press a key"));
  field.addEventListener("blur", () => (field.value = named(sent.value)));
  field.addEventListener("keydown", (event) => {
    const pressed = combo(event);
    if (!pressed || event.key === "Tab" || ALONE.test(pressed)) return;
    event.preventDefault();
    event.stopPropagation();
    if (pressed === "escape") return field.blur();
    if (event.repeat) return;
    sent.value = pressed;
    field.form.requestSubmit();
  });
  // What goes back sends its own, empty key.
  for (const back of field.form.querySelectorAll("[data-back]")) back.addEventListener("click", () => (sent.disabled = true));
}
