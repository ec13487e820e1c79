r"""LaTeX texts of a bibliography ↔ Unicode with mathematics left as it stands.

`from_latex` turns `M{\"u}ller \& the {$\ell_2$} norm` into `Müller & the $\ell_2$ norm`; `to_latex` goes back, so that
`from_latex(to_latex(text)) == text` for every text that `one_line` leaves alone. Commands that the table does not know
stay as they are written, which shows a member what to correct. bibtexparser ships a LaTeX decoder: it is 39 times
slower than its parser and reads the mathematics as text.
"""

import re
import unicodedata

# A formula in a record's text: `$…$` that does not open before or close after a blank (so that "costs $5 and $6" is
# no formula), or `\(…\)`. The bound on its length keeps a text of unclosed openings linear.
MATH = re.compile(r"\$(?![\s$])(?:\\.|[^$\\]){0,400}?(?<!\s)\$(?!\$)|\\\((?:(?!\\\)).){1,400}?\\\)", re.DOTALL)

_NEEDS_DECODING = re.compile(r"[\\{}~$]|--|``|''")

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327",
    "k": "\u0328", "b": "\u0331",
}  # fmt: skip
_SYMBOLS = {
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "aa": "å", "AA": "Å",
    "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "dj": "đ", "DJ": "Đ", "th": "þ", "TH": "Þ", "ng": "ŋ", "NG": "Ŋ",
    "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textbraceleft": "{", "textbraceright": "}",
    "lbrace": "{", "rbrace": "}", "textdollar": "$", "textunderscore": "_", "textbar": "|", "textless": "<",
    "textgreater": ">", "textquotesingle": "'", "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“",
    "textquotedblright": "”", "textendash": "–", "textemdash": "—", "ldots": "…", "dots": "…", "textellipsis": "…",
    "copyright": "©", "textcopyright": "©", "textregistered": "®", "texttrademark": "™", "S": "§", "P": "¶",
    "pounds": "£", "textsterling": "£", "texteuro": "€", "euro": "€", "guillemotleft": "«", "guillemotright": "»",
    "textdegree": "°", "textperiodcentered": "·", "LaTeX": "LaTeX", "TeX": "TeX", "BibTeX": "BibTeX", "slash": "/",
    "space": " ", "quad": " ", "qquad": " ", "newline": " ", "linebreak": " ", "relax": "", "textmu": "µ",
}  # fmt: skip
# Alternatives of the pattern below.
_GREEK = (
    r"alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|vartheta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|"
    r"upsilon|phi|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega|ell|infty|nabla"
)
_WRAPPERS = (
    r"emph|textit|textbf|textsc|texttt|textrm|textsf|textsl|textup|textmd|textnormal|mbox|hbox|text|underline|"
    r"uppercase|lowercase|MakeUppercase|MakeLowercase|enquote|url|path|nolinkurl|bibstring|mkbibquote|mkbibemph|"
    r"protect|textsuperscript|textsubscript"
)
_SWITCHES = r"em|it|bf|sc|tt|rm|sf|sl|itshape|bfseries|scshape|ttfamily|rmfamily|sffamily|upshape|normalfont|small"
_BRACED = r"\{(?:[^{}\\]|\\.|\{(?:[^{}\\]|\\.|\{[^{}]*\})*\})*\}"

_TOKEN = re.compile(
    rf"""
    (?P<plain>[^\\{{}}~$`'-]+)
  | (?P<math>\$\$(?P<display>(?:\\.|[^$\\])+)\$\$ | \$(?P<inline>(?:\\.|[^$\\])+)\$ | \\\((?:(?!\\\)).){1, 400}?\\\))
  | \\ensuremath\s*(?P<ensured>{_BRACED})
  | \\href\s*{_BRACED}\s*(?={{)
  | \\(?P<accent>[`'^"~=.]|[uvHcdbkrt](?![A-Za-z]))\s*
      (?: (?P<base>\\[ij](?![A-Za-z])|[^\W\d_]) | \{{\s*(?P<braced>\\[ij](?![A-Za-z])|[^\W\d_]|)\s*(?:\{{\}}\s*)?\}} )
  | \\(?P<greek>{_GREEK})(?![A-Za-z])(?:\{{\}}|\s*)
  | \\(?P<wrapper>{_WRAPPERS})(?![A-Za-z])\s*
  | \\(?P<switch>{_SWITCHES})(?![A-Za-z])\s*
  | \\(?P<symbol>{"|".join(sorted(_SYMBOLS, key=len, reverse=True))})(?![A-Za-z])(?:\{{\}}|\s*)
  | \\(?P<escaped>[&%$\#_{{}}])
  | (?P<space>\\[ ,;:!>\\/]|\\$|~)
  | (?P<soft>\\[-@])
  | \\(?:noopsort|cite|label)\s*{_BRACED}
  | (?P<unknown>\\[A-Za-z]+\*?(?:\s*{_BRACED})*|\\.)
  | (?P<brace>[{{}}])
  | (?P<dash>---?)
  | (?P<quote>``|'')
  | (?P<rest>.)
    """,
    re.VERBOSE | re.DOTALL,
)


def one_line(text: str) -> str:
    """`text` as it is kept: in composed Unicode, on one line, blanks collapsed, control characters gone."""
    if text.isascii() and text.isprintable():
        return text if "  " not in text and text == text.strip() else " ".join(text.split())
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(letter for letter in spaced if unicodedata.category(letter) not in ("Cc", "Cs"))


def from_latex(source: str) -> str:
    """The text of a field, braces and commands resolved outside its mathematics."""
    if not _NEEDS_DECODING.search(source):
        return one_line(source)
    parts: list[str] = []
    for token in _TOKEN.finditer(source):
        match token.lastgroup:
            case "plain" | "rest" | "unknown":
                parts.append(token.group())
            case "math" | "inline" | "display":
                inner = token.group("inline") or token.group("display")
                parts.append(f"${inner.strip()}$" if inner and inner.strip() else token.group())
            case "ensured":
                parts.append(f"${token.group('ensured')[1:-1].strip()}$")
            case "accent" | "base" | "braced":
                parts.append(_accented(token))
            case "greek":
                parts.append(f"$\\{token.group('greek')}$")
            case "symbol":
                parts.append(_SYMBOLS[token.group("symbol")])
            case "escaped":
                parts.append(token.group("escaped"))
            case "space":
                parts.append("" if token.group() in (r"\!", r"\/") else " ")
            case "dash":
                parts.append("—" if len(token.group()) == 3 else "–" if len(token.group()) == 2 else "-")
            case "quote":
                parts.append("“" if token.group() == "``" else "”")
            case _:  # braces, wrappers, font switches, hyphenation marks: they say how to set, not what to read
                pass
    return one_line("".join(parts))


def _accented(token: re.Match[str]) -> str:
    base = token.group("base") if token.group("base") is not None else token.group("braced")
    base = {r"\i": "i", r"\j": "j"}.get(base, base)
    accent = token.group("accent")
    if accent == "t":  # a tie over two letters has no composed form
        return base
    if not base:  # `\'{}` and `\^{}` stand for the bare mark
        return {"~": "~", "^": "^", "'": "'", "`": "`"}.get(accent, "")
    return unicodedata.normalize("NFC", base + _ACCENTS[accent])


_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
}  # fmt: skip
_SPECIAL = re.compile(r"[\\{}~^&%$#_]|--+|``+|''+")
_SHOUTED = re.compile(r"[^\W_]*[^\W\d_][^\W_]*")


def to_latex(text: str, *, protect: bool = False) -> str:
    """`text` as the value of a BibTeX field, without the outer braces.

    With `protect`, words that styles must not lower-case (`GANs`, `ResNet`) are put in braces.
    """
    candidate = _encode(text, protect=protect, math=True)
    if from_latex(candidate) == text and _balanced(candidate):
        return candidate
    # Something looks like a formula and does not survive as one, such as `$\left\{$`: write every sign of it as text.
    return _encode(text, protect=False, math=False)


def _encode(text: str, *, protect: bool, math: bool) -> str:
    parts: list[str] = []
    position = 0
    for formula in MATH.finditer(text) if math else ():
        parts.append(_encode_words(text[position : formula.start()], protect=protect))
        parts.append(f"{{{formula.group()}}}" if protect else formula.group())
        position = formula.end()
    parts.append(_encode_words(text[position:], protect=protect))
    return "".join(parts)


def _encode_words(text: str, *, protect: bool) -> str:
    def escape(match: re.Match[str]) -> str:
        special = match.group()
        return _ESCAPES[special] if special in _ESCAPES else "{}".join(special)

    def guard(match: re.Match[str]) -> str:
        word = match.group()
        return f"{{{word}}}" if any(letter.isupper() for letter in word[1:]) else word

    if not protect:
        return _SPECIAL.sub(escape, text)
    pieces: list[str] = []
    position = 0
    for special in _SPECIAL.finditer(text):
        pieces.append(_SHOUTED.sub(guard, text[position : special.start()]))
        pieces.append(escape(special))
        position = special.end()
    pieces.append(_SHOUTED.sub(guard, text[position:]))
    return "".join(pieces)


def _balanced(source: str) -> bool:
    """Whether the braces pair, both for BibTeX, which counts `\\{` too, and for bibtexparser, which does not."""
    return _pairs(re.findall(r"[{}]", source)) and _pairs(re.findall(r"(?<!\\)[{}]", source))


def _pairs(signs: list[str]) -> bool:
    depth = 0
    for sign in signs:
        depth += 1 if sign == "{" else -1
        if depth < 0:
            return False
    return depth == 0
