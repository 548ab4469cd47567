/* A file drop zone around a plain file input: [data-dropzone] with [data-file-name] and, for uploads by htmx, a progress. */

const zoneOf = (event) => event.target.closest?.("[data-dropzone]");

function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB"];
  const step = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** step).toFixed(step ? 1 : 0)} ${units[step]}`;
}

function accepted(input, file) {
  const endings = input.accept.split(",").map((ending) => ending.trim().toLowerCase()).filter(Boolean);
  return !endings.length || endings.some((ending) => file.name.toLowerCase().endsWith(ending));
}

function show(zone) {
  const input = zone.querySelector('input[type="file"]');
  const file = input.files[0];
  if (!file) return;
  const fine = accepted(input, file);
  input.setCustomValidity(fine ? "" : `Choose a file that ends in ${input.accept}.`);
  zone.querySelector("[data-file-name]").textContent = fine ? `${file.name}, ${size(file.size)}` : `${file.name} is not one of ${input.accept}`;
  zone.classList.toggle("wrong", !fine);
}

document.addEventListener("dragover", (event) => {
  const zone = zoneOf(event);
  if (!zone) return;
  event.preventDefault();
  zone.classList.add("over");
});
document.addEventListener("dragleave", (event) => {
  const zone = zoneOf(event);
  if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  const zone = zoneOf(event);
  if (!zone) return;
  event.preventDefault();
  zone.classList.remove("over");
  if (!event.dataTransfer.files.length) return;
  const input = zone.querySelector('input[type="file"]');
  const one = new DataTransfer();
  one.items.add(event.dataTransfer.files[0]);
  input.files = one.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});
document.addEventListener("change", (event) => {
  const zone = zoneOf(event);
  if (zone) show(zone);
});
document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.querySelector?.("[data-dropzone] progress");
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.value = (100 * event.detail.loaded) / event.detail.total;
});
