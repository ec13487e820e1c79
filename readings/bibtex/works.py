"""The fields of one entry → the work it speaks of: title, names, year, identifiers, kind, chapters."""

import re
from collections.abc import Container, Mapping

from readings.bibtex.identifiers import arxiv_in, normal_arxiv, normal_doi, normal_isbn
from readings.bibtex.keys import citation_key, legal_key
from readings.bibtex.latex import from_latex, one_line
from readings.bibtex.names import UnreadableName, names_from_bibtex
from readings.bibtex.records import Entry, Kind, Name

MAX_TITLE = 500
MAX_SHORT = 300
MAX_URL = 1000
MAX_DOI = 200
MAX_FIELD = 20_000  # of LaTeX: decoding is not linear in what is broken

# Where a work appeared, in the order in which the fields are asked.
VENUE_FIELDS = ("journal", "journaltitle", "booktitle", "school", "institution", "howpublished")
PUBLISHER_FIELDS = ("publisher", "organization")

BOOKS = frozenset(("book", "mvbook", "collection", "mvcollection", "proceedings", "booklet", "manual", "reference"))
PARTS_OF_BOOKS = frozenset(("inbook", "incollection", "suppbook", "bookinbook"))
SUBTYPES = {
    "lecture notes": Kind.NOTES,
    "lecturenotes": Kind.NOTES,
    "notes": Kind.NOTES,
    "video": Kind.VIDEO,
    "lecture": Kind.VIDEO,
    "repository": Kind.REPOSITORY,
    "software": Kind.REPOSITORY,
    "book": Kind.BOOK,
    "paper": Kind.PAPER,
}
_TYPES = {
    **dict.fromkeys(BOOKS, Kind.BOOK),
    "inbook": Kind.BOOK,
    "video": Kind.VIDEO,
    "movie": Kind.VIDEO,
    "software": Kind.REPOSITORY,
    "dataset": Kind.REPOSITORY,
}
_PAPER_TYPES = frozenset(
    [
        "article",
        "inproceedings",
        "conference",
        "incollection",
        "phdthesis",
        "mastersthesis",
        "thesis",
        "techreport",
        "report",
        "unpublished",
        "preprint",
    ]
)
_VIDEO_SITES = re.compile(
    r"^https?://(?:[\w-]+\.)*(?:youtube\.com|youtu\.be|bilibili\.com|vimeo\.com|videolectures\.net)/", re.I
)
_CODE_SITES = re.compile(
    r"^https?://(?:www\.)?(?:github\.com|gitlab\.com|gitee\.com|codeberg\.org|bitbucket\.org)/[^/]+/[^/]+", re.I
)
_URL = re.compile(r"\\url\s*\{([^{}]*)\}|\\href\s*\{([^{}]*)\}")
_YEAR = re.compile(r"(?<!\d)(1[0-9]{3}|20[0-9]{2}|2100)(?!\d)")

Notice = tuple[str, str]


class Unusable(Exception):
    """Why an entry that could be read is no work for a list, with a remedy."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.remedy = remedy


def entry_of(
    *, type: str, key: str, fields: Mapping[str, str], line: int, taken: Container[str] = ()
) -> tuple[Entry, list[Notice]]:
    """The work that `fields` describe, and what in them is worth a look. Raises Unusable."""
    notices: list[Notice] = []
    title = _title(fields)
    authors = _names(fields, "author", notices)
    year = _year(fields, notices)
    url = _url(fields)
    if key and (legal := legal_key(key)) != key:
        notices.append(
            (
                f"its key has signs that BibTeX cannot cite; it was read as “{legal or 'a new key'}”.",
                "Correct it if papers cite it.",
            )
        )
        key = legal
    if not key:
        key = citation_key(authors=authors, year=year, title=title, taken=taken)
    kind = kind_of(type, fields, url)
    entry = Entry(
        key=key,
        type=type,
        kind=kind,
        title=title,
        authors=authors,
        editors=_names(fields, "editor", notices),
        year=year,
        venue=venue_of(fields)[:MAX_SHORT].strip(),
        publisher=_first(fields, PUBLISHER_FIELDS)[:MAX_SHORT].strip(),
        doi=_doi(fields, url, notices),
        arxiv=_arxiv(fields, url),
        isbn=_isbn(type, fields, notices),
        url=url,
        chapters=chapters_from_bibtex(fields.get("chapters", "")),
        line=line,
        fields=fields,
    )
    return entry, notices


def kind_of(type: str, fields: Mapping[str, str], url: str) -> Kind:
    """What the work is to readers: its `entrysubtype` says so, else its type, else where it lies."""
    said = one_line(fields.get("entrysubtype", "")).lower()
    if said in SUBTYPES:
        return SUBTYPES[said]
    if type in _TYPES:
        return _TYPES[type]
    if type in _PAPER_TYPES:
        return Kind.PAPER
    if _VIDEO_SITES.match(url):
        return Kind.VIDEO
    if _CODE_SITES.match(url):
        return Kind.REPOSITORY
    described = f"{fields.get('howpublished', '')} {fields.get('note', '')} {fields.get('type', '')}".lower()
    if "lecture note" in described or "course note" in described or "handout" in described:
        return Kind.NOTES
    return Kind.PAPER


def venue_of(fields: Mapping[str, str]) -> str:
    return next((venue for name in VENUE_FIELDS if (venue := venue_in(name, fields))), "")


def venue_in(name: str, fields: Mapping[str, str]) -> str:
    source = fields.get(name, "")
    if name == "howpublished" and _URL.search(source):
        return ""
    return _decoded(source)


def chapters_from_bibtex(source: str) -> tuple[str, ...]:
    """`{1 Introduction; 2 Linear algebra}` → its parts. A semicolon in braces belongs to its title."""
    titles = []
    depth = 0
    start = 0
    for place, sign in enumerate(source[:MAX_FIELD]):
        if sign in "{}":
            depth += 1 if sign == "{" else -1
        elif sign == ";" and depth <= 0:
            titles.append(source[start:place])
            start = place + 1
    titles.append(source[start:MAX_FIELD])
    return tuple(title[:MAX_SHORT].strip() for part in titles if (title := from_latex(part)))


def _title(fields: Mapping[str, str]) -> str:
    source = fields.get("title", "")
    subtitle = fields.get("subtitle", "")
    if not _decoded(source):
        raise Unusable("it has no title.", "Add title = {…} to it.")
    title = _decoded(f"{source}: {subtitle}" if subtitle else source)
    if len(source) > MAX_FIELD or len(title) > MAX_TITLE:
        raise Unusable(f"its title is longer than {MAX_TITLE} characters.", "Shorten it, or close the brace behind it.")
    return title


def _names(fields: Mapping[str, str], role: str, notices: list[Notice]) -> tuple[Name, ...]:
    source = fields.get(role, "")
    if not source:
        return ()
    try:
        return names_from_bibtex(source)
    except UnreadableName as error:
        notices.append(
            (
                f"“{' '.join(str(error).split())[:80]}” is no name known to BibTeX; the {role}s were kept as one text.",
                "Separate names by “ and ”, and write each as Family, Given.",
            )
        )
        return (Name(_decoded(source)[:MAX_SHORT].strip() or "?"),)


def _year(fields: Mapping[str, str], notices: list[Notice]) -> int | None:
    for name in ("year", "date", "origdate"):
        source = fields.get(name, "")
        if source and (found := _YEAR.search(source)):
            return int(found.group())
    if said := one_line(fields.get("year", "")):
        notices.append((f"its year “{said[:40]}” is no year; it was left empty.", "Write four digits."))
    return None


def _url(fields: Mapping[str, str]) -> str:
    for name in ("url", "howpublished", "note"):
        source = fields.get(name, "")
        command = _URL.search(source)
        address = next(filter(None, command.groups()), "") if command else source if name == "url" else ""
        address = normal_url(re.sub(r"\\([_%&#~$])(?:\{\})?", r"\1", address.strip("<> {}")))
        if address:
            return address
    return ""


def normal_url(text: str) -> str:
    """An address of the web that stands in a .bib as it is, or ""."""
    text = one_line(text)
    if re.match(r"www\.\w", text, re.IGNORECASE):
        text = f"https://{text}"
    if not re.fullmatch(r"https?://[^\s/?#]+\S*", text, re.IGNORECASE):
        return ""
    address = text.translate(
        {ord("{"): "%7B", ord("}"): "%7D", ord("\\"): "%5C", ord('"'): "%22", ord("<"): "%3C", ord(">"): "%3E"}
    )
    return address if len(address) <= MAX_URL else ""


def _doi(fields: Mapping[str, str], url: str, notices: list[Notice]) -> str:
    source = re.sub(r"\\([_%&#])", r"\1", fields.get("doi", "")).replace("{", "").replace("}", "")
    if source:
        doi = normal_doi(source)
        if not doi:
            notices.append((f"“{source[:60]}” is no DOI; it was left out.", "A DOI begins with 10. and has a slash."))
            return ""
    else:
        doi = normal_doi(url) if "doi.org/" in url.lower() else ""
    return "" if doi.startswith("10.48550/arxiv.") else doi if len(doi) <= MAX_DOI else ""


def _arxiv(fields: Mapping[str, str], url: str) -> str:
    archive = (fields.get("archiveprefix") or fields.get("eprinttype") or "").strip("{} ").lower()
    candidates = [fields.get("arxivid", ""), fields.get("arxiv", "")]
    if archive in ("", "arxiv"):
        candidates.insert(0, fields.get("eprint", ""))
    for candidate in (
        *candidates,
        fields.get("doi", "") if "arxiv" in fields.get("doi", "").lower() else "",
        url if "arxiv" in url else "",
    ):
        if identifier := normal_arxiv(candidate.strip("{} ")):
            return identifier
    for name in ("journal", "journaltitle", "howpublished", "note", "volume", "number", "publisher"):
        if identifier := arxiv_in(fields.get(name, "")[:MAX_SHORT]):
            return identifier
    return ""


def _isbn(type: str, fields: Mapping[str, str], notices: list[Notice]) -> str:
    """The ISBN of a book. That of the volume in which a paper stands would make two papers one."""
    if type not in BOOKS:
        return ""
    source = fields.get("isbn", "").strip("{} ")
    if not source:
        return ""
    for part in re.split(r"[,;/]|\band\b|\s{1,}(?=97[89])", source):
        if isbn := normal_isbn(re.sub(r"\([^)]*\)", "", part).strip()):
            return isbn
    notices.append(
        (f"“{source[:40]}” is no ISBN: its check digit does not fit; it was left out.", "Compare it with the book.")
    )
    return ""


def _first(fields: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := _decoded(fields.get(name, "")))), "")


def _decoded(source: str) -> str:
    return from_latex(source[: MAX_FIELD + 1]) if source else ""
