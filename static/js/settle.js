/* Adjudication: what a decision asks for before it is sent, and how long it took. Without this module the form works. */

import { ready } from "./decide.js";
import { seconds, watch } from "./stopwatch.js";

const form = document.getElementById("decision");
const code = form.querySelector("[data-item]").dataset.item;

watch(code);
(form.querySelector("[data-problem]") ?? form.querySelector(".turn"))?.focus({ preventScroll: true });

form.addEventListener("submit", (event) => {
  const button = event.submitter;
  const decides = button?.name === "verdict" || button?.name === "skip";
  if (decides && !ready(form, button)) return event.preventDefault();
  form.elements.seconds.value = seconds(code);
});
