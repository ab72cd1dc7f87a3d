// Loaded by every page: styles, partial updates, theme, search suggestions. Pages work without it.
import "../styles/frame.css";
import htmx from "htmx.org";
import { announceUpdates } from "../frame/announce";
import { carryChoice, carryInto, enableChoosing, showCount } from "../frame/choosing";
import { keepPlace } from "../frame/place";
import { enableSliders } from "../frame/sliders";
import { enableSuggestions } from "../frame/suggest";
import { enableTheme } from "../frame/theme";

// nothing is evaluated and no style is put into the page, so that a strict content security policy holds
Object.assign(htmx.config, {
  allowEval: false,
  includeIndicatorStyles: false,
  allowScriptTags: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  timeout: 30_000,
});

announceUpdates();
keepPlace();
enableSuggestions();
enableSliders();
enableChoosing();
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-theme-switch]")) enableTheme(form);
document.body.addEventListener("htmx:afterSettle", () => {
  enableSuggestions();
  enableSliders();
  enableChoosing();
});
document.body.addEventListener("change", (event) => {
  if (!(event.target instanceof HTMLInputElement) || event.target.name !== "with") return;
  showCount();
  carryChoice();
});
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-carries-chosen]")) carryInto(form);
// forms whose fields take effect at once need no button when script is there
for (const form of document.querySelectorAll<HTMLFormElement>("form[data-submit-on-change]"))
  form.addEventListener("change", () => form.requestSubmit());
// printing needs script; without it the page says how
for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
