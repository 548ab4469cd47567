/* The policy page: sliders over the histograms. A slider stands on the edges between bars (data-edges); its value goes
   into the number field, which alone is sent, and the marks on the plot follow whichever is moved. */

const BOUNDS = ["minimum", "maximum"];

const edgesOf = (limit) => limit.dataset.edges.split(" ").map(Number);
const field = (limit, name) => limit.querySelector(`[data-bound="${name}"]`);
const slider = (limit, name) => limit.querySelector(`[data-slide="${name}"]`);
// What is kept up to and including a value ends a grain above it.
const grain = (limit, name) => (name === "maximum" ? Number(limit.dataset.grain) : 0);

/** Where a value stands among the edges, from 0 to their number; between two it stands in proportion. */
function place(edges, value) {
  const last = edges.length - 1;
  if (value <= edges[0]) return 0;
  if (value >= edges[last]) return last;
  const above = edges.findIndex((edge) => edge > value);
  return above - 1 + (value - edges[above - 1]) / (edges[above] - edges[above - 1]);
}

const rounded = (value) => String(Number(value.toPrecision(10)));

function showBound(limit, name) {
  const input = field(limit, name);
  const mark = limit.querySelector(`[data-mark="${name}"]`);
  if (!input || !mark) return;
  const edges = edgesOf(limit);
  const given = input.value.trim() !== "" && Number.isFinite(input.valueAsNumber);
  const at = given ? place(edges, input.valueAsNumber + grain(limit, name)) : name === "minimum" ? 0 : edges.length - 1;
  const share = (100 * at) / (edges.length - 1);
  const out = limit.querySelector(`[data-out="${name}"]`);
  mark.setAttribute("x1", `${share}%`);
  mark.setAttribute("x2", `${share}%`);
  mark.setAttribute("visibility", given ? "visible" : "hidden");
  out.setAttribute("x", name === "minimum" ? "0" : `${share}%`);
  out.setAttribute("width", given ? `${name === "minimum" ? share : 100 - share}%` : "0");
  const range = slider(limit, name);
  if (!range) return;
  if (document.activeElement !== range) range.value = String(Math.round(at));
  range.setAttribute("aria-valuetext", given ? input.value : "no bound");
}

/** The number field takes the value of the edge that its slider stands on; the other bound gives way. */
function slide(limit, name) {
  const value = edgesOf(limit)[Number(slider(limit, name).value)] - grain(limit, name);
  field(limit, name).value = rounded(Math.max(value, 0));
  const other = field(limit, name === "minimum" ? "maximum" : "minimum");
  if (!other || other.value === "") return;
  const crossed = name === "minimum" ? value > other.valueAsNumber : value < other.valueAsNumber;
  if (crossed) other.value = rounded(value);
}

function show(limit) {
  limit.toggleAttribute("data-off", !limit.querySelector('[name$="-on"]').checked);
  limit.dataset.action = limit.querySelector('[name$="-action"]').value;
  for (const name of BOUNDS) showBound(limit, name);
}

function prepare(root) {
  for (const limit of root.querySelectorAll("[data-limit]")) {
    for (const range of limit.querySelectorAll("[data-slide]")) range.hidden = false;
    show(limit);
  }
}

document.addEventListener("input", (event) => {
  const limit = event.target.closest?.("[data-limit]");
  if (!limit) return;
  if (event.target.dataset.slide) {
    slide(limit, event.target.dataset.slide);
    switchOn(limit);
  }
  show(limit);
});

/** Whoever moves the slider of a limit that is off means it to be on. */
function switchOn(limit) {
  limit.querySelector('[name$="-on"]').checked = true;
}

document.addEventListener("htmx:load", (event) => prepare(event.target.parentElement ?? document));
prepare(document);
