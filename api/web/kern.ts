// Takes from KERN's style sheet only the components that our pages are made of; its utilities and most icons stay behind.
import type { Plugin, Rule } from "postcss";

const COMPONENTS = [
  "accordion", "alert", "badge", "body", "btn", "card", "checkbox", "container", "container-fluid", "dark",
  "description-list", "dialog", "divider", "error", "fieldset", "form-check", "form-input", "heading", "hint", "icon",
  "input-group", "kopfzeile", "label", "light", "link", "list", "number", "preline", "progress", "radio", "sr-only",
  "subline", "summary", "table", "table-responsive", "title",
];

const ICONS = [
  "small", "default", "large", "x-large",
  "account-circle", "add", "arrow-back", "arrow-down", "arrow-forward", "arrow-up", "check", "close", "danger", "download",
  "edit", "info", "open-in-new", "search", "success", "warning",
];

const CLASS = /\.kern-([a-z0-9]+(?:-[a-z0-9]+)*)(?:--([a-z-]+))?/g;

function kept(selector: string): boolean {
  return [...selector.matchAll(CLASS)].every(([, name = "", variant]) => {
    if (name === "icon") return variant === undefined || ICONS.includes(variant);
    return COMPONENTS.some((each) => name === each || (name.startsWith(`${each}-`) && each !== "container"));
  });
}

/** PostCSS: drops rules for classes that no component of ours uses, in KERN's own file alone. */
export function onlyUsedParts(): Plugin {
  return {
    postcssPlugin: "only-used-parts-of-kern",
    Rule(rule: Rule) {
      if (!rule.source?.input.file?.includes("@kern-ux")) return;
      const selectors = rule.selectors.filter(kept);
      if (selectors.length === 0) rule.remove();
      else if (selectors.length < rule.selectors.length) rule.selectors = selectors;
    },
    Declaration(declaration) {
      if (declaration.prop === "-webkit-mask") declaration.remove();
    },
    Comment(comment) {
      comment.remove();
    },
  };
}
