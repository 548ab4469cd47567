/* Times of day by the reader's clock: <time datetime="…">14:02</time> comes in UTC and is put into this browser's zone.
   data-as="day" shows the date too. */

const CLOCK = { hour: "2-digit", minute: "2-digit", hour12: false };
const FORMS = {
  clock: new Intl.DateTimeFormat("en-GB", CLOCK),
  day: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", ...CLOCK }),
};

/** Put every time inside an element by the reader's clock. */
export function localTimes(root) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const at = new Date(element.dateTime);
    if (!Number.isNaN(at.valueOf())) element.textContent = FORMS[element.dataset.as ?? "clock"].format(at);
  }
}

localTimes(document);
document.addEventListener("htmx:load", (event) => localTimes(event.target.parentElement ?? document));
