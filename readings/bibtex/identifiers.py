"""DOI, arXiv and ISBN in one spelling each, so that two spellings of one work meet.

Each function returns the normal form, or "" where the text is not such an identifier.
"""

import re
from urllib.parse import unquote

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_DOI_PREFIX = re.compile(
    r"^\s*(?:doi\s*:?\s*)?(?:https?://)?(?:(?:dx\.|www\.)?doi\.org/)?(?:doi\s*:\s*)?", re.IGNORECASE
)

# Since April 2007 `YYMM.NNNN`, five digits from 2015; before that `archive.XX/YYMMNNN`, where the subject class is
# not part of the identifier (https://info.arxiv.org/help/arxiv_identifier.html).
_ARXIV_NEW = r"\d{4}\.\d{4,5}"
_ARXIV_OLD = r"[a-z][a-z-]{1,20}(?:\.[A-Za-z]{2})?/\d{7}"
_ARXIV = re.compile(rf"(?<![\w./-])(?P<id>{_ARXIV_NEW}|{_ARXIV_OLD})(?:v\d+)?(?![\w/])(?!\.\d)", re.IGNORECASE)
_ARXIV_BARE = re.compile(
    rf"\s*(?:arxiv\s*:\s*)?(?P<id>{_ARXIV_NEW}|{_ARXIV_OLD})(?:v\d+)?\s*(?:\[[\w.-]+\])?\s*", re.IGNORECASE
)
_ARXIV_URL = re.compile(r"arxiv\.org/(?:abs|pdf|html|format|e-print)/(?P<rest>[^\s?#]+)", re.IGNORECASE)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(?P<rest>\S+)", re.IGNORECASE)
_ARXIV_SAID = re.compile(r"arxiv(?:\.org)?\s*[:/ ]\s*(?:abs/)?(?P<rest>\S+)", re.IGNORECASE)


def normal_doi(text: str) -> str:
    """`https://doi.org/10.1000/ABC` → `10.1000/abc`: DOIs are compared without case."""
    candidate = _DOI_PREFIX.sub("", text.strip(), count=1)
    if "%" in candidate:
        candidate = unquote(candidate)
    match = _DOI.fullmatch(candidate.strip().rstrip(".,;"))
    return match.group().lower() if match else ""


def normal_arxiv(text: str) -> str:
    """`arXiv:1706.03762v7`, its address, its DOI → `1706.03762`; `math.GT/0309136v2` → `math/0309136`."""
    text = text.strip()
    for pattern in (_ARXIV_URL, _ARXIV_DOI):
        if said := pattern.search(text):
            text = re.sub(r"\.pdf$", "", said.group("rest"), flags=re.IGNORECASE)
            break
    match = _ARXIV_BARE.fullmatch(text)
    return _arxiv_id(match) if match else ""


def arxiv_in(text: str) -> str:
    """The arXiv identifier that a sentence such as `arXiv preprint arXiv:1706.03762` names, if it says arXiv at all."""
    if "arxiv" not in text.lower():
        return ""
    for pattern in (_ARXIV_URL, _ARXIV_DOI, _ARXIV_SAID):
        for said in pattern.finditer(text):
            if match := _ARXIV.match(re.sub(r"\.pdf$", "", said.group("rest"), flags=re.IGNORECASE)):
                return _arxiv_id(match)
    return ""


def normal_isbn(text: str) -> str:
    """Thirteen digits; an ISBN-10 is turned into its ISBN-13. A wrong check digit is no ISBN."""
    digits = re.sub(r"(?i)isbn(?:-1[03])?:?|[\s‐-–-]", "", text).upper()
    if re.fullmatch(r"\d{9}[\dX]", digits):
        weighted = sum((10 - place) * (10 if digit == "X" else int(digit)) for place, digit in enumerate(digits))
        return _with_check_digit("978" + digits[:9]) if weighted % 11 == 0 else ""
    if re.fullmatch(r"97[89]\d{10}", digits) and _with_check_digit(digits[:12]) == digits:
        return digits
    return ""


def _with_check_digit(twelve: str) -> str:
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return twelve + str(-total % 10)


def _arxiv_id(match: re.Match[str]) -> str:
    identifier = match.group("id").lower()
    if "/" in identifier:
        archive, number = identifier.split("/")
        return f"{archive.split('.')[0]}/{number}"
    return identifier
