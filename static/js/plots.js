/* The plots that are drawn in the browser, with uPlot: the estimate as the sample grew. Their numbers stand in the page
   beside them, as a table; without this script that table is what there is. */

const HEIGHT = 248;
const percent = (share) => `${(share * 100).toFixed(1)} %`;
const tick = (share) => `${Number((share * 100).toFixed(3))} %`;
const count = new Intl.NumberFormat("en");

/** Read colours of the stylesheet as they are on this page now, or on paper. */
function colours(onPaper) {
  const probe = document.body.appendChild(document.createElement("span"));
  if (onPaper) probe.style.colorScheme = "light";
  const read = (name, alpha = 1) => {
    probe.style.color = `var(${name})`;
    const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g);
    return `rgba(${red}, ${green}, ${blue}, ${alpha})`;
  };
  const found = {
    ink: read("--ink"), muted: read("--muted"), line: read("--line"), bad: read("--bad"),
    accent: read("--accent"), band: read("--accent", onPaper ? 0.22 : 0.26), none: "transparent",
  };
  probe.remove();
  return found;
}

/** Return what uPlot needs to draw the growth of an estimate in a box of that width. */
function options(box, width, onPaper, readout) {
  const paint = colours(onPaper);
  const end = Number(box.dataset.end);
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: paint.muted, font, grid: { stroke: paint.line, width: 1 }, ticks: { stroke: paint.line, width: 1, size: 4 } };
  return {
    width,
    height: HEIGHT,
    padding: [10, 14, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { x: { time: false }, y: { range: [0, end] } },
    axes: [
      { ...axis, values: (_, values) => values.map((each) => count.format(each)), grid: { show: false }, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5], space: 56, size: 32 },
      { ...axis, values: (_, values) => values.map(tick), size: 52 },
    ],
    series: [
      {},
      { stroke: paint.none, points: { show: false } },
      { stroke: paint.none, points: { show: false } },
      { stroke: paint.accent, width: 1.5, dash: [4, 4], points: { show: false } },
      { stroke: paint.accent, width: 1.5, dash: [4, 4], points: { show: false } },
      { stroke: paint.bad, width: 1.5, dash: [6, 4], points: { show: false } },
      { stroke: paint.ink, width: 2, points: { show: false } },
    ],
    bands: [{ series: [1, 2], fill: paint.band }],
    hooks: { setCursor: [(plot) => readout(plot.cursor.idx)] },
  };
}

function drawGrowth(box) {
  const points = JSON.parse(box.dataset.points);
  const tolerated = Number(box.dataset.tolerated);
  const [reviewed, share, low, high, below, above] = points[0].map((_, column) => points.map((row) => row[column]));
  const data = [reviewed, high, low, above, below, points.map(() => tolerated), share];
  const line = box.closest("figure").querySelector("[data-readout]");
  const whole = line.textContent;
  const readout = (at) => {
    if (at === null || at === undefined) line.textContent = whole;
    else line.textContent = `After ${count.format(reviewed[at])} reviewed: ${percent(share[at])} bad (${(low[at] * 100).toFixed(1)} to ${percent(high[at])}); at every moment ${(below[at] * 100).toFixed(1)} to ${percent(above[at])}.`;
  };
  let plot;
  const draw = (width, onPaper = false) => {
    plot?.destroy();
    plot = new window.uPlot(options(box, width, onPaper, readout), data, box);
  };
  const fit = () => draw(box.clientWidth);
  fit();
  new ResizeObserver(() => {
    if (plot.width !== box.clientWidth && !matchMedia("print").matches) plot.setSize({ width: box.clientWidth, height: HEIGHT });
  }).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", fit);
  new MutationObserver(fit).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  addEventListener("beforeprint", () => draw(box.clientWidth, true));
  addEventListener("afterprint", fit);
}

for (const box of document.querySelectorAll('[data-plot="growth"]')) drawGrowth(box);
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
