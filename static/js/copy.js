/* [data-copy="ID"]: a button that copies the text of the input with that id and says so in its [data-copy-words]. */

const SHOWN = 3000;

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  const words = button.querySelector("[data-copy-words]");
  try {
    await navigator.clipboard.writeText(field.value);
    words.textContent = "Copied";
  } catch {
    field.select(); // the clipboard is closed by the browser's settings, or the page came by plain http
    words.textContent = "Selected: press Ctrl + C";
  }
  clearTimeout(button.timer);
  button.timer = setTimeout(() => (words.textContent = "Copy"), SHOWN);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (button) copy(button);
});
