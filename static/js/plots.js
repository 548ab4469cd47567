/* The plots that are drawn in the browser, with uPlot: the estimate as the sample grew, and lines over one axis. Their
   numbers stand in the page beside them, as a table; without this script that table is what there is. */

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

/** Return what all plots have in common, in a box of that width. */
function frame(width, paint) {
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: paint.muted, font, grid: { stroke: paint.line, width: 1 }, ticks: { stroke: paint.line, width: 1, size: 4 } };
  const options = {
    width,
    height: HEIGHT,
    padding: [10, 14, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
  };
  return { axis, options };
}

const counts = { values: (_, values) => values.map((each) => count.format(each)), grid: { show: false }, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5], space: 56, size: 32 };

/** Draw into a box, and anew where its width, the colours or the medium change; `made` returns options and data. */
function keepDrawn(box, made) {
  let plot;
  const draw = (width, onPaper = false) => {
    plot?.destroy();
    plot = new window.uPlot(...made(width, colours(onPaper)), box);
  };
  const fit = () => box.isConnected && draw(box.clientWidth);
  fit();
  new ResizeObserver(() => {
    if (plot.width !== box.clientWidth && !matchMedia("print").matches) plot.setSize({ width: box.clientWidth, height: HEIGHT });
  }).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", fit);
  new MutationObserver(fit).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  addEventListener("beforeprint", () => draw(box.clientWidth, true));
  addEventListener("afterprint", fit);
}

/** Return what says a point in words below the plot, and the whole again when the pointer leaves. */
function reader(box, words) {
  const line = box.closest("figure").querySelector("[data-readout]");
  const whole = line.textContent;
  return (plot) => {
    const at = plot.cursor.idx;
    line.textContent = at === null || at === undefined ? whole : words(at) || whole;
  };
}

function drawGrowth(box) {
  const points = JSON.parse(box.dataset.points);
  const tolerated = Number(box.dataset.tolerated);
  const [reviewed, share, low, high, below, above] = points[0].map((_, column) => points.map((row) => row[column]));
  const data = [reviewed, high, low, above, below, points.map(() => tolerated), share];
  const read = reader(box, (at) => `After ${count.format(reviewed[at])} reviewed: ${percent(share[at])} bad (${(low[at] * 100).toFixed(1)} to ${percent(high[at])}); at every moment ${(below[at] * 100).toFixed(1)} to ${percent(above[at])}.`);
  keepDrawn(box, (width, paint) => {
    const { axis, options } = frame(width, paint);
    const drawn = (stroke, look) => ({ stroke, points: { show: false }, ...look });
    return [{
      ...options,
      scales: { x: { time: false }, y: { range: [0, Number(box.dataset.end)] } },
      axes: [{ ...axis, ...counts }, { ...axis, values: (_, values) => values.map(tick), size: 52 }],
      series: [
        {},
        drawn(paint.none), drawn(paint.none),
        drawn(paint.accent, { width: 1.5, dash: [4, 4] }), drawn(paint.accent, { width: 1.5, dash: [4, 4] }),
        drawn(paint.bad, { width: 1.5, dash: [6, 4] }),
        drawn(paint.ink, { width: 2 }),
      ],
      bands: [{ series: [1, 2], fill: paint.band }],
      hooks: { setCursor: [read] },
    }, data];
  });
}

/** Return how a series is drawn; its style is one or more of line, dots, guide and limit. */
function look(style, paint) {
  const has = (word) => style.split(" ").includes(word);
  const stroke = has("limit") ? paint.bad : has("guide") ? paint.muted : paint.ink;
  const dash = has("limit") ? [6, 4] : has("guide") ? [3, 4] : undefined;
  const bare = has("dots") && !has("line") && !has("guide");
  return { stroke: bare ? paint.none : stroke, width: has("line") ? 2 : 1.5, dash, spanGaps: true, points: { show: has("dots"), size: 7, width: 2, stroke, fill: stroke } };
}

/** Draw the intervals of the first series, under the points. */
function spans(plot, { low, high }, paint) {
  const { ctx } = plot;
  ctx.save();
  ctx.strokeStyle = paint.accent;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.globalAlpha = 0.7;
  for (const [at, x] of plot.data[0].entries()) {
    if (low[at] === null || low[at] === undefined) continue;
    const left = plot.valToPos(x, "x", true);
    ctx.beginPath();
    ctx.moveTo(left, plot.valToPos(low[at], "y", true));
    ctx.lineTo(left, plot.valToPos(high[at], "y", true));
    ctx.stroke();
  }
  ctx.restore();
}

function drawLines(box) {
  const figure = JSON.parse(box.dataset.figure);
  const read = reader(box, (at) => figure.words[at]);
  const [across, up] = figure.ranges;
  keepDrawn(box, (width, paint) => {
    const { axis, options } = frame(width, paint);
    const shares = { values: (_, values) => values.map(tick), space: 48, size: 34 };
    const named = (label) => ({ label, labelFont: axis.font, labelSize: 18, labelGap: 0, stroke: paint.muted });
    return [{
      ...options,
      padding: [10, 22, 0, 0],
      scales: { x: { time: false, range: across }, y: { range: up } },
      axes: [
        { ...axis, ...(across[1] > 2 ? counts : shares), ...named(figure.axes[0]) },
        { ...axis, ...(across[1] > 2 ? { values: (_, values) => values.map((each) => each.toFixed(1)) } : { values: shares.values }), size: 50, ...named(figure.axes[1]) },
      ],
      series: [{}, ...figure.styles.map((style) => look(style, paint))],
      hooks: { setCursor: [read], drawAxes: [(plot) => spans(plot, figure, paint)] },
    }, figure.columns];
  });
}

const WAYS = { growth: drawGrowth, lines: drawLines };

function prepare(root) {
  for (const box of root.querySelectorAll("[data-plot]:not([data-drawn])")) {
    box.dataset.drawn = "";
    WAYS[box.dataset.plot](box);
  }
  for (const button of root.querySelectorAll("[data-print]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) print();
});
document.addEventListener("htmx:load", (event) => prepare(event.target.parentElement ?? document));
prepare(document);
