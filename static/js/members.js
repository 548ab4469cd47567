/* The examples of one cluster: ↓ and ↑ move from one to the next, whose own keys then work. Without it: Tab. */

const members = [...document.querySelectorAll("[data-member]")];

function step(by) {
  const at = members.findIndex((member) => member.contains(document.activeElement));
  const next = members[at < 0 ? (by > 0 ? 0 : members.length - 1) : Math.max(0, Math.min(members.length - 1, at + by))];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

for (const steps of document.querySelectorAll("[data-member-steps]")) steps.hidden = false;
document.addEventListener("click", (event) => {
  const by = Number(event.target.closest?.("[data-member-step]")?.dataset.memberStep ?? 0);
  if (by) step(by);
});
