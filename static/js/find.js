/* Search inside one conversation: what matches is marked, whatever is folded over it opens; from match to match and back. */

let marks = [];
let at = -1;

const tools = () => document.querySelector("[data-find-tools]");
const text = () => document.querySelector("[data-find]")?.value.trim() ?? "";

function unmark() {
  for (const mark of marks) {
    const parent = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    parent?.normalize();
  }
  marks = [];
  at = -1;
}

/** Mark every place of `words` in one text node. */
function markIn(node, words) {
  let rest = node;
  for (;;) {
    const place = rest.data.toLowerCase().indexOf(words);
    if (place < 0) return;
    const found = rest.splitText(place);
    rest = found.splitText(words.length);
    const mark = document.createElement("mark");
    found.replaceWith(mark);
    mark.append(found);
    marks.push(mark);
  }
}

function search() {
  unmark();
  const words = text().toLowerCase();
  if (words) {
    for (const area of document.querySelectorAll("[data-searched] .said")) {
      const nodes = [];
      const walk = document.createTreeWalker(area, NodeFilter.SHOW_TEXT);
      // A text whose letters change their number when small cannot be cut by the places found in the small one.
      while (walk.nextNode()) if (walk.currentNode.data.toLowerCase().length === walk.currentNode.data.length) nodes.push(walk.currentNode);
      for (const node of nodes) if (!node.parentElement.closest("summary, .sr-only")) markIn(node, words);
    }
  }
  if (marks.length) step(1);
  else say();
}

function say() {
  const place = tools();
  if (!place) return;
  place.querySelector("[data-find-count]").textContent = !text() ? "" : marks.length ? `${at + 1} of ${marks.length}` : "none";
  for (const button of place.querySelectorAll("[data-find-step]")) button.hidden = !marks.length;
}

/** Go on to the next match, or back. */
function step(by) {
  if (!marks.length) return;
  marks[at]?.classList.remove("at");
  at = (at + by + marks.length) % marks.length;
  const mark = marks[at];
  mark.classList.add("at");
  for (let fold = mark.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  mark.scrollIntoView({ block: "center" });
  say();
}

/** Look for nothing: another example is before the reader. */
export function clearFind() {
  const field = document.querySelector("[data-find]");
  if (field) field.value = "";
  unmark();
  say();
}

/** Let the tools of a page that was just made be seen. */
export function showFind() {
  const place = tools();
  if (place) place.hidden = false;
}

document.addEventListener("input", (event) => event.target.matches("[data-find]") && search());
document.addEventListener("click", (event) => step(Number(event.target.closest("[data-find-step]")?.dataset.findStep ?? 0)));
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("[data-find]") || event.key !== "Enter") return;
  event.preventDefault();
  step(event.shiftKey ? -1 : 1);
});
