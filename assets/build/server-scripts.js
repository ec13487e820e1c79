import { readFileSync } from "node:fs";

// Each stands in the file with its licence where it does not carry it itself.
const SCRIPTS = {
  "temml.min.js": ["node_modules/temml/dist/temml.min.js"],
  "diff3.js": ["node_modules/node-diff3/dist/diff3.iife.js", "node_modules/node-diff3/LICENSE.md"],
};

/** Emit beside the rest what the server runs (in mini-racer) and must find without node_modules. */
export function serverScripts() {
  return {
    name: "server-scripts",
    apply: "build",
    generateBundle() {
      for (const [fileName, [script, licence]] of Object.entries(SCRIPTS)) {
        const words = licence ? `/*!\n${readFileSync(licence, "utf8").trim()}\n*/\n` : "";
        const source = readFileSync(script, "utf8").replace(/^\/\/# (?:sourceMappingURL|debugId)=.*\n?/gm, "");
        this.emitFile({ type: "asset", fileName, source: words + source });
      }
    },
  };
}
