"""The shipped bibliography is whole, and its identifiers are such."""

from readings.bibtex import Kind, normal_arxiv, normal_doi, normal_isbn, parse
from readings.conversion import section_parts
from readings.curricula import BIBLIOGRAPHY, shipped_bibliography

NAMED_BY_THE_CURRICULA = {
    "wasserman2004all", "axler2024linear", "axler-chinese", "petersen2012matrix", "stewart2015calculus",
    "maleki-probability", "kolter-linear", "kolter-convex", "strang2023introduction", "strang-lectures",
    "chen2009probability", "gong2006calculus", "matrixmultpractice", "nanjing-information", "vaswani2017attention",
}  # fmt: skip


def test_every_entry_is_read_without_a_remark():
    bibliography = parse(BIBLIOGRAPHY.read_bytes())
    assert bibliography.problems == ()
    assert set(shipped_bibliography()) >= NAMED_BY_THE_CURRICULA


def test_identifiers_are_written_in_their_normal_form():
    for entry in shipped_bibliography().values():
        fields = entry.fields
        assert entry.doi == normal_doi(fields.get("doi", ""))
        assert fields.get("eprint", "") == entry.arxiv == normal_arxiv(fields.get("eprint", ""))
        assert fields.get("isbn", "") == entry.isbn == normal_isbn(fields.get("isbn", ""))
        assert entry.url == fields.get("url", "")


def test_no_work_ships_twice():
    entries = shipped_bibliography().values()
    for mark in ("doi", "arxiv", "isbn", "title"):
        values = [value for entry in entries if (value := getattr(entry, mark))]
        assert len(values) == len(set(values))


def test_chapters_are_numbered_and_chinese_titles_survive():
    shipped = shipped_bibliography()
    for entry in shipped.values():
        assert all(section_parts(chapter)["number"] for chapter in entry.chapters), entry.key
    assert shipped["axler-chinese"].title == "线性代数应该这样学"
    assert shipped["chen2009probability"].authors[0].family == "陈希孺"


def test_each_kind_of_work_is_there():
    assert {entry.kind for entry in shipped_bibliography().values()} == set(Kind)
