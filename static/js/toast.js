/* Short messages at the lower right, spoken by screen readers. Sent by the server as
   HX-Trigger: {"toast": {"text": "…", "tone": "good", "url": "…", "action": "Undo"}}; a module dispatches the same
   event on document. */

const STAY = 6000;
const ICONS = { good: "circle-check", bad: "triangle-alert", warn: "triangle-alert" };
const region = document.getElementById("toasts");

function icon(name) {
  // The sprite's hashed address is known from any icon that the server drew.
  const sprite = document.querySelector(".icon use")?.getAttribute("href")?.split("#")[0];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

function closeButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn ghost small";
  button.dataset.toastClose = "";
  button.setAttribute("aria-label", "Close this message");
  button.append(icon("x"));
  return button;
}

/** Show a message; tone is "good", "bad", "warn" or "". A bad one stays until it is closed. */
function toast({ text, tone = "", url = "", action = "" }) {
  const box = document.createElement("div");
  box.className = `toast ${tone}`;
  box.dataset.toast = "";
  if (tone === "bad") {
    box.dataset.keep = "";
    box.setAttribute("role", "alert");
  }
  const words = document.createElement("div");
  words.append(text);
  if (url) {
    const link = document.createElement("a");
    link.href = url;
    link.append(action);
    words.append(" ", link);
  }
  box.append(icon(ICONS[tone] ?? "info"), words, closeButton());
  // The same message again takes the place of the one before.
  for (const shown of region.children) if (shown.textContent.trim() === box.textContent.trim()) shown.remove();
  region.append(box);
  raise();
  expire(box);
}

// A modal dialog covers all but the top layer; the region joins it there, above the dialog.
function raise() {
  if (!document.querySelector("dialog:modal") || !region.showPopover) return;
  region.popover = "manual";
  region.hidePopover();
  region.showPopover();
}

function expire(box) {
  if ("keep" in box.dataset) return;
  const later = () => setTimeout(() => box.remove(), STAY);
  let timer = later();
  const hold = () => clearTimeout(timer);
  const go = () => {
    clearTimeout(timer);
    timer = later();
  };
  box.addEventListener("mouseenter", hold);
  box.addEventListener("focusin", hold);
  box.addEventListener("mouseleave", go);
  box.addEventListener("focusout", go);
}

region.querySelectorAll("[data-toast]").forEach(expire);
region.addEventListener("click", (event) => {
  event.target.closest("[data-toast-close]")?.closest("[data-toast]").remove();
});
document.addEventListener("toast", (event) => toast(event.detail));
document.addEventListener("htmx:sendError", (event) => {
  if (event.detail.requestConfig?.triggeringEvent) toast({ text: "No connection. Nothing was sent.", tone: "bad" });
});
document.addEventListener("htmx:responseError", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (!requestConfig?.triggeringEvent) return; // a poll: the next one may succeed
  const words = { 403: "Your role does not allow that.", 404: "That is no longer here: load the page anew." };
  toast({ text: words[xhr.status] ?? `That failed (${xhr.status}). Nothing was changed.`, tone: "bad" });
});
