// Says to screen readers what changed on the page: politely, through the one status line of the frame.

export function announce(text: string): void {
  const line = document.getElementById("status");
  if (!line || !text) return;
  line.textContent = "";
  // a changed text is only read if it changes after the line was empty
  window.setTimeout(() => (line.textContent = text), 50);
}

/** Partial updates: a replaced part says what it now holds in data-announce; failures are said in the page's language. */
export function announceUpdates(root: HTMLElement = document.body): void {
  root.addEventListener("htmx:afterSettle", (event) => {
    const target = (event as CustomEvent<{ elt: Element }>).detail.elt;
    const speaker = target.closest("[data-announce]") ?? target.querySelector("[data-announce]");
    announce(speaker?.getAttribute("data-announce") ?? "");
  });
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    root.addEventListener(failure, () => {
      const line = document.getElementById("status");
      const text = line?.dataset.failed ?? "";
      announce(text);
      showFailure(text);
    });
  }
  root.addEventListener("htmx:beforeRequest", () => document.getElementById("failure")?.setAttribute("hidden", ""));
}

function showFailure(text: string): void {
  const box = document.getElementById("failure");
  if (!box) return;
  box.hidden = false;
  const place = box.querySelector("p");
  if (place) place.textContent = text;
}
