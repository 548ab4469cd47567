/* One POST of the review stream: the answer is a new #review, or the words that say why there is none. */

const GONE = "Not saved: no connection. Your choice is kept here.";
const SIGNED_OUT = "Not saved: you are signed out. Sign in, and your choice is here again.";
const WHY = { 403: "Not saved: your role has changed. Load the page anew.", 404: "Not saved: this example is no longer here." };

/** Return {fresh, saved}, or {words} where nothing of use came back. */
export async function ask(address, body) {
  const headers = { "HX-Request": "true" };
  let answer = null;
  try {
    // keepalive: whoever leaves the page at once has decided all the same
    answer = await fetch(address, { method: "POST", body, headers, redirect: "manual", keepalive: true });
  } catch {
    return { words: GONE };
  }
  if (answer.type === "opaqueredirect") return { words: SIGNED_OUT };
  if (!answer.ok && answer.status !== 409 && answer.status !== 422) {
    return { words: WHY[answer.status] ?? `Not saved: the server failed (${answer.status}). Your choice is kept here.` };
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("review");
  return { fresh: document.adoptNode(fresh), saved: answer.ok };
}
