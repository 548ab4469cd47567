/* A decision that did not reach the server, kept for this tab until its example is on the page again. */

const KEY = "winnow:decision";

/** Keep what is chosen in the form, and which button sent it. */
export function keep(form, button) {
  const data = new FormData(form);
  const sent = button?.name ? { name: button.name, value: button.value } : { name: "verdict", value: "bad" };
  const chosen = { action: form.action, reasons: data.getAll("reasons"), note: data.get("note"), sent };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(chosen));
  } catch {
    // a closed or full storage: then it stays on this page only
  }
}

export function forget() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // nothing was kept
  }
}

/** Put a kept decision back into its form; return the button that it was sent by, or null when there is none. */
export function restore(form) {
  let chosen = null;
  try {
    chosen = JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
  if (!form || chosen?.action !== form.action) return null;
  for (const box of form.querySelectorAll('[name="reasons"]')) box.checked = chosen.reasons.includes(box.value);
  form.elements.note.value = chosen.note;
  const same = (button) => button.name === chosen.sent?.name && button.value === chosen.sent?.value && !button.hidden;
  return [...form.querySelectorAll("button")].find(same) ?? null;
}
