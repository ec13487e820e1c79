import { readdirSync, existsSync } from "node:fs";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";
import { htmxWithoutEval } from "./assets/build/htmx-without-eval.js";
import { iconSprite } from "./assets/build/icon-sprite.js";
import { serverScripts } from "./assets/build/server-scripts.js";

// A heavy module that one page needs is its own entry: assets/js/pages/<name>.js, loaded by that page's template.
const pagesDir = "assets/js/pages";
const pages = existsSync(pagesDir) ? readdirSync(pagesDir).filter((name) => name.endsWith(".js")) : [];

export default defineConfig({
  // Relative, so that the built files work below whatever STATIC_URL is.
  base: "./",
  publicDir: "assets/public",
  // A node_modules that is a link still gives the manifest's keys their plain names.
  resolve: { preserveSymlinks: true },
  plugins: [tailwindcss(), htmxWithoutEval(), iconSprite({ list: "assets/icons.txt" }), serverScripts()],
  build: {
    outDir: "assets/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    sourcemap: false,
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // A font or picture inlined as data: would need a hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: ["assets/js/main.js", ...pages.map((name) => `${pagesDir}/${name}`)],
    },
  },
});
