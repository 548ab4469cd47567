/* Light, dark or as the system: kept in this browser. A plain script in <head>, so that the page is painted once. */
(() => {
  const root = document.documentElement;

  const stored = () => {
    try {
      return localStorage.getItem("winnow:theme") ?? "";
    } catch {
      return ""; // storage can be closed by the browser's settings
    }
  };

  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };

  const press = () => {
    for (const button of document.querySelectorAll("[data-theme-set]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === (root.dataset.theme ?? "")));
    }
  };

  apply(stored());
  document.addEventListener("DOMContentLoaded", press);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-theme-set]");
    if (!button) return;
    apply(button.dataset.themeSet);
    press();
    try {
      localStorage.setItem("winnow:theme", button.dataset.themeSet);
    } catch {
      // then it holds for this page only
    }
  });
  addEventListener("storage", (event) => {
    if (event.key !== "winnow:theme") return;
    apply(event.newValue ?? "");
    press();
  });
})();
