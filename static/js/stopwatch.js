/* How long somebody has looked at what is before them: the page in sight, and a sign of life in the last 30 seconds. */

const IDLE = 30_000;
const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel", "scroll", "touchstart"];

const spent = new Map(); // by the code of an item, milliseconds
let watched = null;
let last = null; // when time was last counted; null while nobody looks

/** Add what has passed since the last sign of life, at most as long as somebody reads without one. */
function count() {
  const now = performance.now();
  if (watched && last !== null) spent.set(watched, (spent.get(watched) ?? 0) + Math.min(now - last, IDLE));
  last = document.visibilityState === "visible" ? now : null;
}

for (const sign of SIGNS) addEventListener(sign, count, { passive: true, capture: true });
document.addEventListener("visibilitychange", count);

/** Count for that item from now on; what it had before is added to. */
export function watch(code) {
  count();
  watched = code;
}

/** Return the seconds spent on an item so far. */
export function seconds(code) {
  count();
  return ((spent.get(code) ?? 0) / 1000).toFixed(1);
}

/** Forget an item that is decided. */
export function reset(code) {
  spent.delete(code);
}
