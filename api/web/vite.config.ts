import { readdirSync } from "node:fs";
import { defineConfig } from "vite";
import { onlyUsedParts } from "./kern.ts";

// every file directly in src/entries is an entry: one for the frame, one for each island a page may ask for
const entries = readdirSync(new URL("src/entries", import.meta.url))
  .filter((name) => name.endsWith(".ts"))
  .map((name) => `src/entries/${name}`);

export default defineConfig({
  base: "/static/",
  publicDir: false,
  css: { postcss: { plugins: [onlyUsedParts()] } },
  build: {
    outDir: process.env.WEB_OUT ?? "../static",
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    target: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { input: entries },
  },
});
