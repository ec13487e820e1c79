"""LaTeX of a note to PDF, as a program of its own: `python -m derivations.pdf_process SECONDS`.

Reads JSON from standard input, writes the PDF to standard output. pandoc reads in its sandbox and with a bounded heap;
typst sees one folder that this program made, and no network package: pandoc writes no import. No Django, no TeX.
"""

import base64
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

HEAP = "512m"  # of pandoc; GHC reserves address space without using it, so RLIMIT_AS would end it at once
NAME = re.compile(r"[A-Za-z0-9_-]{1,60}\.(?:png|jpg|webp)")

TEMPLATE = """#set page(paper: "a4", margin: 2.4cm, numbering: "1")
#set text(size: 11pt, lang: "en")
#set par(justify: true)
#set heading(numbering: none)
#show math.equation.where(block: true): set align(center)
#show figure: set block(breakable: true)
#show image: it => block(width: 100%, align(center, it))
#let horizontalrule = line(start: (25%, 0%), end: (75%, 0%))
#align(center)[#text(17pt, weight: "bold")[#sys.inputs.title] \\ #v(2pt) #sys.inputs.authors \\ #sys.inputs.date]
#v(8pt)

"""


def main(seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))  # the kernel ends it, and pandoc likewise
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024**2, 64 * 1024**2))
    asked = json.loads(sys.stdin.buffer.read())
    import pypandoc
    import typst

    with tempfile.TemporaryDirectory(prefix="note-pdf-") as folder:
        for name, data in asked["pictures"].items():
            if NAME.fullmatch(name):
                Path(folder, name).write_bytes(base64.b64decode(data))
        command = [pypandoc.get_pandoc_path(), "+RTS", f"-M{HEAP}", "-RTS", "--sandbox"]
        ended = subprocess.run(  # noqa: S603 - a program of our own environment, no shell
            [*command, "-f", "latex", "-t", "typst", "--wrap=preserve"],
            input=asked["latex"].encode(),
            capture_output=True,
            cwd=folder,
            env={"HOME": folder, "PATH": os.defpath, "LANG": "C.UTF-8"},
            timeout=seconds,
            check=False,
        )
        if ended.returncode:
            raise SystemExit(f"pandoc: {ended.stderr.decode(errors='replace')[-400:]}")
        source = Path(folder, "note.typ")
        body = _of_own_pictures(ended.stdout.decode(), folder)
        source.write_text(TEMPLATE + body, encoding="utf-8")
        inputs = {name: asked[name] for name in ("title", "authors", "date")}
        made = typst.compile(str(source), root=folder, format="pdf", sys_inputs=inputs)
        sys.stdout.buffer.write(made)


def _of_own_pictures(text: str, folder: str) -> str:
    """Pictures that are not in the folder become their names: a missing file would end the whole document."""

    def shown(match: re.Match[str]) -> str:
        return match[0] if Path(folder, match[1]).is_file() and NAME.fullmatch(match[1]) else "[picture]"

    return re.sub(r'#?(?:box\()?image\("([^"]*)"[^)]*\)\)?', shown, text)


if __name__ == "__main__":
    main(int(sys.argv[1]))
