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

const dark = globalThis.matchMedia?.("(prefers-color-scheme: dark)");

/** Marked is what the page looks like; a button whose theme was chosen has no value: pressing it again goes back to what the system prefers. */
export function enableTheme(form: HTMLFormElement): void {
  const buttons = [...form.querySelectorAll<HTMLButtonElement>("button[data-theme]")];
  const chosen = (): string => document.documentElement.dataset.kernTheme ?? "";
  const mark = (): void => {
    const seen = chosen() || (dark ? (dark.matches ? "dark" : "light") : "");
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.theme === seen));
      button.value = button.dataset.theme === chosen() ? "" : (button.dataset.theme ?? "");
    }
  };
  mark();
  dark?.addEventListener("change", mark);
  form.addEventListener("submit", (event) => {
    const pressed = event.submitter;
    if (!(pressed instanceof HTMLButtonElement)) return;
    event.preventDefault();
    const theme = pressed.value as Theme;
    document.cookie = themeCookie(theme);
    applyTheme(theme);
    mark();
    document.dispatchEvent(new CustomEvent("themechange"));
  });
}
