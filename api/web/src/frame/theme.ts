// Light or dark at once, without loading the page again; the server reads the same cookie for the next one.

const YEAR = 365 * 24 * 60 * 60;

export type Theme = "light" | "dark" | "";

export function applyTheme(theme: Theme, root: HTMLElement = document.documentElement): void {
  if (theme) root.dataset.kernTheme = theme;
  else delete root.dataset.kernTheme;
}

export function themeCookie(theme: Theme): string {
  const age = theme ? YEAR : 0;
  return `kompass_theme=${theme}; Path=/; Max-Age=${age}; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
}

/** Pressing the theme that is already chosen goes back to what the system prefers. */
export function enableTheme(form: HTMLFormElement): void {
  const buttons = [...form.querySelectorAll<HTMLButtonElement>("button[data-theme]")];
  form.addEventListener("submit", (event) => {
    const pressed = event.submitter;
    if (!(pressed instanceof HTMLButtonElement)) return;
    event.preventDefault();
    const theme = pressed.getAttribute("aria-pressed") === "true" ? "" : (pressed.dataset.theme as Theme);
    document.cookie = themeCookie(theme);
    applyTheme(theme);
    for (const button of buttons) {
      const chosen = button.dataset.theme === theme;
      button.setAttribute("aria-pressed", String(chosen));
      button.value = chosen ? "" : (button.dataset.theme ?? "");
    }
    document.dispatchEvent(new CustomEvent("themechange"));
  });
}
