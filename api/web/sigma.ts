// Leaves sigma's list of colours by name behind: ours are numbers.
import type { Plugin } from "vite";

const NAMED = /var HTML_COLORS = \{[^}]*\};/;

/** Vite: drops from sigma what would only be carried along. */
export function leanSigma(): Plugin {
  let found = false;
  return {
    name: "lean-sigma",
    apply: "build",
    transform(code, id) {
      if (!id.includes("/sigma/") || !NAMED.test(code)) return null;
      found = true;
      return { code: code.replace(NAMED, "var HTML_COLORS = {};"), map: null };
    },
    buildEnd(error) {
      if (!error && !found) this.error("sigma no longer keeps its colours by name where they were: look at sigma.ts");
    },
  };
}
