r"""Letters beyond ASCII in LaTeX: pdfTeX stops at the first that no font of the document has.

Western European letters it knows. For every other letter that occurs the document says what is set for it: a command of
mathematics, letters with accents, or, where there is none, a small box with its number in Unicode.
"""

from __future__ import annotations

import unicodedata

# What t1enc.dfu and ts1enc.dfu of LaTeX set, but for those below that are better set as mathematics.
_KNOWN = (
    (0xA1, 0x107), (0x10A, 0x10D), (0x10E, 0x111), (0x118, 0x11B), (0x11E, 0x11F), (0x139, 0x13A), (0x13D, 0x13E),
    (0x141, 0x144), (0x147, 0x148), (0x14A, 0x14B), (0x150, 0x155), (0x158, 0x15B), (0x15E, 0x165), (0x16E, 0x171),
    (0x178, 0x17E), (0x218, 0x21B), (0x2013, 0x2014), (0x2018, 0x201A), (0x201C, 0x201E), (0x2020, 0x2022),
    (0x2026, 0x2026), (0x2030, 0x2030), (0x2039, 0x203A), (0x20AC, 0x20AC), (0x2122, 0x2122),
)  # fmt: skip
_GREEK = {
    0x391: "mathrm{A}", 0x392: "mathrm{B}", 0x395: "mathrm{E}", 0x396: "mathrm{Z}", 0x397: "mathrm{H}",
    0x399: "mathrm{I}", 0x39A: "mathrm{K}", 0x39C: "mathrm{M}", 0x39D: "mathrm{N}", 0x39F: "mathrm{O}",
    0x3A1: "mathrm{P}", 0x3A4: "mathrm{T}", 0x3A5: "mathrm{Y}", 0x3A7: "mathrm{X}", 0x3BF: "mathit{o}",
    0x3C2: "varsigma", 0x3D5: "phi", 0x3F5: "epsilon", 0x3B5: "varepsilon", 0x3D1: "vartheta", 0x3C6: "varphi",
}  # fmt: skip
_SYMBOLS = {
    "∂": "partial", "∇": "nabla", "∑": "sum", "∏": "prod", "∫": "int", "√": "surd", "∞": "infty", "∅": "emptyset",
    "∈": "in", "∉": "notin", "∋": "ni", "⊂": "subset", "⊆": "subseteq", "⊃": "supset", "⊇": "supseteq", "∪": "cup",
    "∩": "cap", "∀": "forall", "∃": "exists", "¬": "neg", "∧": "wedge", "∨": "vee", "⊥": "perp", "∥": "parallel",
    "‖": "Vert", "∣": "mid", "≤": "le", "≥": "ge", "≪": "ll", "≫": "gg", "≠": "ne", "≈": "approx", "≡": "equiv",
    "≅": "cong", "∼": "sim", "≃": "simeq", "∝": "propto", "≔": "coloneqq", "≜": "triangleq", "×": "times",
    "÷": "div", "±": "pm", "∓": "mp", "⋅": "cdot", "·": "cdot", "∘": "circ", "∗": "ast", "⊙": "odot", "⊗": "otimes",
    "⊕": "oplus", "⊤": "top", "⊢": "vdash", "⊨": "models", "→": "to", "←": "leftarrow", "↔": "leftrightarrow",
    "↦": "mapsto", "⇒": "Rightarrow", "⇐": "Leftarrow", "⇔": "Leftrightarrow", "↑": "uparrow", "↓": "downarrow",
    "⟶": "longrightarrow", "⟹": "Longrightarrow", "⟨": "langle", "⟩": "rangle", "⌊": "lfloor", "⌋": "rfloor",
    "⌈": "lceil", "⌉": "rceil", "…": "dots", "⋯": "cdots", "⋮": "vdots", "⋱": "ddots", "′": "prime",
    "°": "mathring{}", "ℓ": "ell", "ħ": "hbar", "ℏ": "hbar", "ℵ": "aleph", "℘": "wp", "ℜ": "Re", "ℑ": "Im",
    "□": "square", "■": "blacksquare", "∎": "blacksquare", "✓": "checkmark", "✔": "checkmark", "△": "triangle",
    "★": "bigstar", "⋆": "star", "−": "mathord{-}", "∖": "setminus", "∆": "Delta", "∠": "angle", "†": "dagger",
}  # fmt: skip
_ACCENTS = {
    0x300: "`", 0x301: "'", 0x302: "^", 0x303: "~", 0x304: "=", 0x306: "u", 0x307: ".", 0x308: '"', 0x30A: "r",
    0x30B: "H", 0x30C: "v", 0x323: "d", 0x327: "c", 0x328: "k", 0x331: "b",
}  # fmt: skip
_OWN = frozenset("°·×÷±¬†…ħ")
BOX = r"""\providecommand{\unknownletter}[1]{\mbox{\fboxsep=0.5pt\fbox{\tiny\ttfamily#1}}}
"""


def declarations(text: str) -> str:
    """The lines that say how the letters of `text` are set, for the preamble."""
    lines = []
    for char in sorted(set(text)):
        if char < "\x80" or (char not in _OWN and any(first <= ord(char) <= last for first, last in _KNOWN)):
            continue
        lines.append(rf"  \DeclareUnicodeCharacter{{{ord(char):04X}}}{{{_set_as(char)}}}")
    if not lines:
        return ""
    boxes = BOX if any("unknownletter" in line for line in lines) else ""
    return boxes + "\\ifPDFTeX\n" + "\n".join(lines) + "\n\\fi\n"


def _set_as(char: str) -> str:
    code, name = ord(char), unicodedata.name(char, "")
    if char in _SYMBOLS:
        return rf"\ensuremath{{\{_SYMBOLS[char]}}}"
    if code in _GREEK:
        return rf"\ensuremath{{\{_GREEK[code]}}}"
    words = name.split()
    if words[:1] == ["GREEK"] and words[2:3] == ["LETTER"] and len(words) == 4:
        letter = {"LAMDA": "lambda"}.get(words[3], words[3].lower())
        return rf"\ensuremath{{\{letter.capitalize() if words[1] == 'CAPITAL' else letter}}}"
    if "DOUBLE-STRUCK CAPITAL" in name:
        return rf"\ensuremath{{\mathbb{{{words[-1]}}}}}"
    if unicodedata.category(char) == "Cf" or 0xFE00 <= code <= 0xFE0F:  # seen by nobody
        return ""
    if unicodedata.category(char) == "Zs":
        return r"\ "
    if name.startswith(("SUBSCRIPT", "SUPERSCRIPT")):
        sign = "_" if name.startswith("SUB") else "^"
        plain = unicodedata.normalize("NFKC", char).replace("\u2212", "-")
        return rf"\ensuremath{{{sign}{{{plain}}}}}" if plain.isascii() else _boxed(char)
    letters = unicodedata.normalize("NFKD", char)
    base, marks = letters[0], letters[1:]
    if base.isascii() and base.isalpha() and marks and all(ord(mark) in _ACCENTS for mark in marks):
        for mark in marks:
            base = rf"\{_ACCENTS[ord(mark)]}{{{base}}}"
        return base
    plain = unicodedata.normalize("NFKC", char)
    return plain if plain.isascii() and plain.isalnum() else _boxed(char)


def _boxed(char: str) -> str:
    return rf"\unknownletter{{{ord(char):X}}}"


__all__ = ["declarations"]
