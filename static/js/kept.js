/* Text that did not reach the server, kept in this browser and offered again: the memory of autosave.js. */

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

/** Keep `text` ({sent, stamp, entries}) under a key, or forget what is there when it is null. */
export function store(key, text) {
  try {
    if (text) localStorage.setItem(key, JSON.stringify({ at: new Date().toTimeString().slice(0, 5), ...text }));
    else localStorage.removeItem(key);
  } catch {
    // a closed or full storage must not stop the writer
  }
}

/** Put [name, value] pairs back into a form, the nth pair of a name into its nth field. */
function fill(form, entries) {
  form.dispatchEvent(new CustomEvent("autosave:restore", { bubbles: true, detail: entries }));
  const nth = {};
  for (const [name, value] of entries) {
    nth[name] = (nth[name] ?? -1) + 1;
    const fields = form.querySelectorAll(`[name="${CSS.escape(name)}"]:not([type="checkbox"], [type="radio"])`);
    if (!fields[nth[name]]) continue;
    fields[nth[name]].value = value;
    fields[nth[name]].dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** Offer what an earlier visit kept, unless it is `current` already, or was submitted and arrived (another stamp now). */
export function offer(form, key, stamp, current) {
  const kept = read(key);
  if (!kept) return;
  const arrived = kept.sent && kept.stamp !== stamp;
  if (arrived || JSON.stringify(kept.entries) === current) return store(key, null);
  const box = document.getElementById("kept-text").content.firstElementChild.cloneNode(true);
  box.querySelector("[data-kept-at]").textContent = kept.at;
  box.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.value === "restore") fill(form, kept.entries);
    else store(key, null);
    box.remove();
  });
  form.prepend(box);
}
