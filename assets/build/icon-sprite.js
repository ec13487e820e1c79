import { existsSync, readFileSync } from "node:fs";

/**
 * Emit icons.svg: one <symbol> for each Lucide name in the list file (one a line, `#` begins a comment).
 * A name Lucide does not have stops the build and is named, so that no page shows an empty square.
 */
export function iconSprite({ list, strokeWidth = 1.5 }) {
  return {
    name: "icon-sprite",
    apply: "build",
    buildStart() {
      this.addWatchFile(list);
    },
    generateBundle() {
      const names = readFileSync(list, "utf8")
        .split("\n")
        .map((line) => line.replace(/#.*/, "").trim())
        .filter(Boolean);
      const symbols = [...new Set(names)].sort().map((name) => {
        const file = `node_modules/lucide-static/icons/${name}.svg`;
        if (!existsSync(file)) this.error(`${list}: Lucide has no icon named "${name}".`);
        const drawing = readFileSync(file, "utf8")
          .replace(/<!--[\s\S]*?-->/g, "")
          .replace(/<svg[^>]*>|<\/svg>/g, "")
          .replace(/\s+/g, " ")
          .trim();
        return (
          `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" ` +
          `stroke-width="${strokeWidth}" stroke-linecap="round" stroke-linejoin="round">${drawing}</symbol>`
        );
      });
      this.emitFile({
        type: "asset",
        fileName: "icons.svg",
        source: `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`,
      });
    },
  };
}
