"""Author lists: pybtex knows BibTeX's grammar of names ("von Last, Jr, First"); here they become `Name` and go back."""

import re
from collections.abc import Iterable

from pybtex.bibtex.utils import split_name_list
from pybtex.database import Person
from pybtex.exceptions import PybtexError

from readings.bibtex.latex import from_latex, one_line, to_latex
from readings.bibtex.records import Name

MAX_NAMES = 5_000  # a paper of the ATLAS collaboration has about 3,000 authors
_SEPARATOR = re.compile(r"\band\b", re.IGNORECASE)


class UnreadableName(Exception):
    """A name that BibTeX's grammar does not know, such as one with four commas."""


def names_from_bibtex(source: str) -> tuple[Name, ...]:
    """The names of an `author` field. Raises UnreadableName with the name that could not be read."""
    if len(_SEPARATOR.findall(source)) > MAX_NAMES:
        raise UnreadableName(f"{source[:60]}… (more than {MAX_NAMES:,} names)")
    parts = split_name_list(source) if _SEPARATOR.search(source) else [source]
    return tuple(name for part in parts if part.strip() and (name := _read(part)) is not None)


def _read(source: str) -> Name | None:
    if re.fullmatch(r"\{[^{}]*\}", source):  # an organisation: its words are one name
        return _nonempty(Name(from_latex(source)))
    try:
        person = Person(source)
    except PybtexError as error:
        raise UnreadableName(source) from error
    return _nonempty(
        Name(
            family=from_latex(" ".join([*person.prelast_names, *person.last_names])),
            given=from_latex(" ".join([*person.first_names, *person.middle_names])),
            suffix=from_latex(" ".join(person.lineage_names)),
        )
    )


def _nonempty(name: Name) -> Name | None:
    if name.family:
        return name
    return Name(name.given or name.suffix) if name.given or name.suffix else None


def names_to_bibtex(names: Iterable[Name]) -> str:
    """The value of an `author` field that reads back as `names`."""
    return " and ".join(_write(name) for name in names)


def _write(name: Name) -> str:
    family, given, suffix = (to_latex(part) for part in (name.family, name.given, name.suffix))
    plain = ", ".join([family, suffix, given] if suffix else [family, given] if given else [family])
    for candidate in (plain, f"{{{plain}}}" if not (given or suffix) else ""):
        if candidate and _reads_back(candidate, name):
            return candidate
    return ", ".join(
        f"{{{part}}}" for part in ([family, suffix, given] if suffix else [family, given] if given else [family])
    )


def _reads_back(candidate: str, name: Name) -> bool:
    try:
        return names_from_bibtex(candidate) == (name,)
    except UnreadableName:
        return False


def names_from_lines(text: str) -> tuple[Name, ...]:
    """One author a line, as `Family, Given` or `Given Family`; a line in braces is an organisation."""
    names: list[Name] = []
    for line in text.splitlines():
        words = one_line(line)
        if not words:
            continue
        if words.startswith("{") and words.endswith("}"):
            names.append(Name(words[1:-1].strip()))
        elif words.count(",") in (1, 2):
            family, *others = (part.strip() for part in words.split(","))
            names.append(Name(family, given=others[-1], suffix=others[0] if len(others) == 2 else ""))
        else:
            read = _read_plain(words)
            if read is not None:
                names.append(read)
    return tuple(name for name in names if name.family)


def _read_plain(words: str) -> Name | None:
    if any(sign in words for sign in "{},\\$"):
        return Name(words)
    person = Person(words)
    return _nonempty(
        Name(
            family=" ".join([*person.prelast_names, *person.last_names]),
            given=" ".join([*person.first_names, *person.middle_names]),
        )
    )


def names_to_lines(names: Iterable[Name]) -> str:
    """What the form shows for `names`; `names_from_lines` reads it back."""
    lines = []
    for name in names:
        if name.given or name.suffix:
            lines.append(
                ", ".join([name.family, name.suffix, name.given] if name.suffix else [name.family, name.given])
            )
        else:
            lines.append(f"{{{name.family}}}" if " " in name.family or "," in name.family else name.family)
    return "\n".join(lines)


def display_names(names: tuple[Name, ...], *, at_most: int = 3) -> str:
    """`Goodfellow, Bengio and Courville`. More than `at_most` names end in `et al.`, as does "and others"."""
    shown = [name.family for name in names]
    cut = shown[-1:] == ["others"]
    if cut:
        shown.pop()
    if cut or len(shown) > at_most:
        return f"{', '.join(shown[:at_most] if cut else shown[:1])} et al."
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))
