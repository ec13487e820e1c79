import { readFileSync } from "node:fs";

/** Emit temml.min.js beside the rest: the server runs it (in mini-racer) and must find it without node_modules. */
export function serverTemml() {
  return {
    name: "server-temml",
    apply: "build",
    generateBundle() {
      this.emitFile({
        type: "asset",
        fileName: "temml.min.js",
        source: readFileSync("node_modules/temml/dist/temml.min.js", "utf8"),
      });
    },
  };
}
