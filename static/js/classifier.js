/* The classifier's page: the slider over the histogram of scores. It stands on hundredths; its place goes into the number
   field, which alone is sent, and what such a limit would do is read from the words that came with the page. */

const field = (form) => form.querySelector('[name="minimum"]');
const slider = (form) => form.querySelector("[data-slide]");

/** Show what a limit at so many hundredths would keep and lose. */
function show(form, place) {
  const said = JSON.parse(form.dataset.words)[place];
  for (const out of form.querySelectorAll("[data-said]")) out.textContent = said[Number(out.dataset.said)];
  const mark = form.querySelector("[data-mark]");
  mark.setAttribute("x1", `${place}%`);
  mark.setAttribute("x2", `${place}%`);
  form.querySelector("[data-away]").setAttribute("width", `${place}%`);
  slider(form).setAttribute("aria-valuetext", `${(place / 100).toFixed(2)}: ${said[0]} kept, ${said[1]} of them bad`);
}

function prepare(root) {
  for (const form of root.querySelectorAll("[data-score-limit]")) {
    slider(form).hidden = false;
    show(form, Number(slider(form).value));
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-score-limit]");
  if (!form) return;
  if (event.target === slider(form)) {
    if (field(form)) field(form).value = (Number(slider(form).value) / 100).toFixed(2);
  } else if (event.target === field(form) && field(form).validity.valid && field(form).value !== "") {
    slider(form).value = String(Math.round(100 * field(form).valueAsNumber));
  }
  show(form, Number(slider(form).value));
});

document.addEventListener("htmx:load", (event) => prepare(event.target.parentElement ?? document));
prepare(document);
