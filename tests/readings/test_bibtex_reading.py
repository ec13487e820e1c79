"""A .bib file is read entry by entry: what is broken is reported with its line, and costs nothing else."""

import contextlib

import pytest

from readings.bibtex import Kind, Name, Severity, UnreadableFile, parse, write
from readings.bibtex.reading import MAX_BYTES, MAX_ENTRIES


def only(text):
    bibliography = parse(text)
    assert len(bibliography.entries) == 1, bibliography
    return bibliography.entries[0]


def test_strings_concatenation_and_months_are_resolved():
    entry = only(
        '@string{nips = "Advances in " # "Neural Information"}\n@string(ps = { Processing Systems})\n'
        "@inproceedings(a, title = {A}, booktitle = nips # ps, month = jun # { 3}, year = 2017)\n"
    )
    assert entry.venue == "Advances in Neural Information Processing Systems"
    assert entry.fields["month"] == "June 3"
    assert entry.year == 2017


def test_a_string_keeps_its_name_where_it_is_not_defined():
    bibliography = parse("@article{a, title={A}, journal = jmlr}")
    assert bibliography.entries[0].venue == "jmlr"
    (problem,) = bibliography.problems
    assert "“jmlr”" in problem.what
    assert problem.severity is Severity.NOTICE


def test_a_broken_entry_is_reported_with_its_line_and_the_others_arrive():
    bibliography = parse(
        "@book{first, title={First}}\n\n@article{broken,\n  title = {Unclosed,\n  year = 2000\n\n"
        "@book{last, title={Last}}\n"
    )
    assert [entry.key for entry in bibliography.entries] == ["first", "last"]
    (problem,) = bibliography.lost
    assert (problem.line, problem.key) == (3, "broken")
    assert "not closed" in problem.what
    assert problem.remedy


@pytest.mark.parametrize(
    ("entry", "line", "word"),
    [
        ("@article{key title={A}}", 1, "comma behind its key"),
        ("@article{a, title={A}, nonsense}", 1, "“=”"),
        ("@article{a,\n title={A},\n year=}", 3, "cannot be read"),
        ('@article{a, title="A}', 1, "not closed"),
        ("@article{a, title={A}", 1, "not closed"),
        ("@article{a, author={B}}", 1, "no title"),
        ("@article{a, title={{}}}", 1, "no title"),
        ("@article{a, title={" + "long " * 200 + "}}", 1, "longer than"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(entry, line, word):
    bibliography = parse(entry + "\n@book{good, title={Good}}\n")
    assert [each.key for each in bibliography.entries] == ["good"]
    assert [(problem.line, word in problem.what) for problem in bibliography.lost] == [(line, True)]


def test_a_missing_comma_between_fields_is_mended_and_said():
    bibliography = parse('@article{a,\n title = {A}\n year = 2000\n journal = "J" doi={10.1000/1}\n}')
    (entry,) = bibliography.entries
    assert (entry.title, entry.year, entry.venue, entry.doi) == ("A", 2000, "J", "10.1000/1")
    assert [(problem.line, problem.severity) for problem in bibliography.problems] == [
        (2, Severity.MENDED),
        (3, Severity.MENDED),
        (4, Severity.MENDED),
    ]


def test_a_brace_too_many_is_noticed_where_fields_fall_out_of_their_entry():
    bibliography = parse("@article{a, title={A}}, year = {2000}}\n@book{b, title={B}}")
    assert [entry.key for entry in bibliography.entries] == ["a", "b"]
    assert "outside of any entry after “a”" in bibliography.problems[0].what


def test_an_entry_that_is_no_entry_is_not_passed_over_as_a_comment():
    bibliography = parse("@my-type{a, title={A}}\n@book{b, title={B}}")
    assert [entry.key for entry in bibliography.entries] == ["b"]
    assert "@my-type" in bibliography.lost[0].what


def test_type_and_brace_may_stand_on_two_lines():
    bibliography = parse("@article\n{a, title={A}}\n@ book {b, title={B}}\n@book{c,}")
    assert [(entry.key, entry.line) for entry in bibliography.entries] == [("a", 1), ("b", 3)]
    assert bibliography.lost[0].line == 4


def test_two_entries_of_one_key_both_arrive_under_two_keys():
    bibliography = parse("@book{a, title={A}}\n@book{A, title={Another}}\n@book{a, title={A}}")
    assert [(entry.key, entry.title) for entry in bibliography.entries] == [("a", "A"), ("A-2", "Another")]
    assert [problem.line for problem in bibliography.problems] == [2, 3]


def test_an_entry_without_a_key_gets_one():
    bibliography = parse(
        "@article{title={Attention Is All You Need}, author={Vaswani, A.}, year=2017}\n@misc{, title={x}}"
    )
    assert [entry.key for entry in bibliography.entries] == ["vaswani2017attention", "x"]
    assert all(problem.severity is Severity.MENDED for problem in bibliography.problems)


def test_a_repeated_field_keeps_the_first_and_says_so():
    bibliography = parse("@book{a, title={First}, title={Second}}")
    assert bibliography.entries[0].title == "First"
    assert "twice" in bibliography.problems[0].what


def test_cross_references_fill_in_what_the_child_lacks():
    bibliography = parse(
        "@inproceedings{child, crossref={Parent}, title={Child}, author={A, B}}\n"
        "@proceedings{parent, title={Proceedings of X}, editor={E, F}, year=1999, publisher={P}, "
        "isbn={9780262035613}, doi={10.1000/p}}\n"
    )
    child, parent = bibliography.entries
    assert (child.title, child.venue, child.year, child.publisher) == ("Child", "Proceedings of X", 1999, "P")
    assert (child.isbn, child.doi, child.editors) == ("", "", (Name("E", "F"),))
    assert parent.isbn == "9780262035613"
    assert "crossref" not in child.fields


def test_a_cross_reference_in_a_circle_ends():
    bibliography = parse("@book{a, crossref={b}, title={A}}\n@book{b, crossref={a}, title={B}, year=2000}")
    assert [entry.year for entry in bibliography.entries] == [2000, 2000]


def test_a_cross_reference_to_nothing_is_said():
    assert "refers to “gone”" in parse("@book{a, title={A}, crossref={gone}}").problems[0].what


def test_comments_and_preambles_are_passed_over():
    assert only('free text\n@comment{jabref-meta: x}\n@preamble{"\\newcommand{\\x}{y}"}\n% note\n@book{a, title={A}}')


def test_names_are_read_by_bibtexs_grammar():
    entry = only(
        "@book{a, title={A}, author={Maaten, Laurens van der and Ludwig van Beethoven and King, Jr, Martin Luther and "
        "{Alpha {and} Omega} and {\\'E}variste Galois and 陈希孺 and 龚, 昇 and others}}"
    )
    assert entry.authors == (
        Name("Maaten", "Laurens van der"),
        Name("van Beethoven", "Ludwig"),
        Name("King", "Martin Luther", "Jr"),
        Name("Alpha and Omega"),
        Name("Galois", "Évariste"),
        Name("陈希孺"),
        Name("龚", "昇"),
        Name("others"),
    )
    assert str(entry.authors[6]) == "龚昇"


def test_a_name_that_is_none_is_kept_and_said():
    bibliography = parse("@book{a, title={A}, author={One, Two, Three, Four, Five}}")
    assert bibliography.entries[0].authors == (Name("One, Two, Three, Four, Five"),)
    assert "no name" in bibliography.problems[0].what


@pytest.mark.parametrize(
    ("fields", "doi", "arxiv"),
    [
        ("doi={https://doi.org/10.1000/ABC}", "10.1000/abc", ""),
        ("doi={doi:10.1207/s15516709cog0901\\_7}", "10.1207/s15516709cog0901_7", ""),
        ("url={http://dx.doi.org/10.1000/182}", "10.1000/182", ""),
        ("eprint={1706.03762v7}, archiveprefix={arXiv}", "", "1706.03762"),
        ("eprint={math.GT/0309136}, eprinttype={arxiv}", "", "math/0309136"),
        ("eprint={hep-th/9901001v3}", "", "hep-th/9901001"),
        ("url={https://arxiv.org/pdf/2006.11239v2.pdf}", "", "2006.11239"),
        ("journal={arXiv preprint arXiv:1412.6980}", "", "1412.6980"),
        ("doi={10.48550/arXiv.1706.03762}", "", "1706.03762"),
        ("eprint={12345}, archiveprefix={HAL}", "", ""),
        ("volume={abs/1502.05767}, journal={CoRR}", "", ""),
    ],
)
def test_identifiers_come_in_one_spelling(fields, doi, arxiv):
    entry = only(f"@article{{a, title={{A}}, {fields}}}")
    assert (entry.doi, entry.arxiv) == (doi, arxiv)


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ("@book{a, title={A}}", Kind.BOOK),
        ("@inproceedings{a, title={A}}", Kind.PAPER),
        ("@misc{a, title={A}, howpublished={CS229 lecture notes}}", Kind.NOTES),
        ("@misc{a, title={A}, url={https://www.youtube.com/watch?v=x}}", Kind.VIDEO),
        ("@misc{a, title={A}, url={https://github.com/a/b}}", Kind.REPOSITORY),
        ("@online{a, title={A}, entrysubtype={video}}", Kind.VIDEO),
        ("@software{a, title={A}}", Kind.REPOSITORY),
        ("@misc{a, title={A}}", Kind.PAPER),
    ],
)
def test_the_kind_of_a_work_follows_from_its_entry(entry, kind):
    assert only(entry).kind is kind


def test_the_isbn_of_a_volume_is_not_that_of_its_papers():
    assert only("@inproceedings{a, title={A}, isbn={9780262035613}}").isbn == ""
    assert only("@book{a, title={A}, isbn={0-262-03561-8}}").isbn == "9780262035613"
    bibliography = parse("@book{a, title={A}, isbn={9780262035610}}")
    assert bibliography.entries[0].isbn == ""
    assert "check digit" in bibliography.problems[0].what


def test_chapters_are_parts_between_semicolons():
    entry = only("@book{a, title={A}, chapters={1 One;\n  2 Two {; or} three; 3 $a;b$ {\\'E}tale}}")
    assert entry.chapters[:2] == ("1 One", "2 Two ; or three")


@pytest.mark.parametrize(
    ("data", "encoding", "title"),
    [
        ("@book{a, title={Müller}}".encode(), "utf-8", "Müller"),
        ("\ufeff@book{a, title={Müller}}".encode(), "utf-8", "Müller"),
        ("@book{a, title={Müller}}".encode("utf-16"), "utf-16", "Müller"),
        ("@book{a, title={Müller}}".encode("latin-1"), "latin-1", "Müller"),
        ("@book{a,\r\n title={线性代数应该这样学}\r\n}\r\n".encode(), "utf-8", "线性代数应该这样学"),
    ],
)
def test_the_usual_encodings_are_read(data, encoding, title):
    bibliography = parse(data)
    assert (bibliography.encoding, bibliography.entries[0].title) == (encoding, title)


def test_latin_1_is_said_at_the_line_where_it_shows():
    (problem,) = parse("@book{a,\n title={Müller}}".encode("latin-1")).problems
    assert problem.line == 2
    assert "Latin-1" in problem.what


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "nothing in it"),
        (b" \n", "nothing in it"),
        (b"%PDF-1.4\0\0\xff", "not a text file"),
        (bytes(range(256)) * 40, "not a text file"),
        (bytes(range(1, 32)) * 40 + b"\xff", "not a text file"),
        (b"\xff\xfe\x00", "UTF-16"),
        (b"<!DOCTYPE html><html><body>@book{a, title={A}}", "web page"),
        (b"just some words", "No entry"),
        (b"@comment{only}", "No entry"),
        (b"a" * (MAX_BYTES + 1), "MB"),
        (b"@book{a, title={A}}\n" * (3 * MAX_ENTRIES + 1), "many more"),
    ],
)
def test_what_is_no_bibliography_is_refused_with_the_reason(data, reason):
    with pytest.raises(UnreadableFile, match=reason):
        parse(data)


def test_entries_past_the_limit_are_said_and_the_first_ones_stay():
    text = "".join(f"@book{{k{n}, title={{T{n}}}}}\n" for n in range(MAX_ENTRIES + 2))
    bibliography = parse(text)
    assert len(bibliography.entries) == MAX_ENTRIES
    assert [problem.line for problem in bibliography.lost] == [MAX_ENTRIES + 1]


def test_problems_past_the_limit_are_counted():
    bibliography = parse("@book{a, title={A}}\n" + "@book{b, author={B}}\n" * 600)
    assert len(bibliography.problems) == 501
    assert "more problems follow" in bibliography.problems[-1].what


HOSTILE = {
    "strings that double": '@string{a="xxxxxxxxxx"}'
    + "".join(f"@string{{a{n}=a{n - 1 if n else ''} # a{n - 1 if n else ''}}}" for n in range(60)),
    "braces in quotes": '@book{a, title="' + "{}" * 50_000 + '"}',
    "nesting": "@book{a, title=" + "{" * 5_000 + "x" + "}" * 5_000 + "}",
    "unclosed": "@book{a, title={x " * 20_000,
    "formulas that never close": "@book{a, title={" + r"\(x" * 6_000 + "}}",
    "braced commands that never close": "@book{a, title={" + r"\ensuremath" * 1_500 + "}}",
    "commas in names": "@book{a, title={A}, author={" + "," * 50_000 + "}}",
    "ands in names": "@book{a, title={A}, author={" + "and " * 50_000 + "}}",
    "accents": "@book{a, title={" + r"\"" * 9_000 + "}}",
    "at signs": "@" * 200_000 + "\n@book{a, title={A}}",
    "missing commas": "@book{a, title={A} " + " ".join(f"f{n}={{x}}" for n in range(3_000)) + "}",
    "circles of xdata": "".join(
        f"@xdata{{x{n}, title={{X}}, xdata={{{','.join(f'x{m}' for m in range(80))}}}}}\n" for n in range(80)
    ),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_end_soon_and_without_another_error(text, ends):
    with ends(), contextlib.suppress(UnreadableFile):
        parse(text)


def test_habits_of_other_programs_are_read():
    bibliography = parse(
        '@preamble{"\\def\\ocirc#1{\\ifmmode\\setbox0=\\hbox{$#1$}\\else{\\accent"17 #1}\\fi}"}\n'
        "\t@article{\n\t  author = {Huang, Y.},\n\t  title = {From EndNote}\n\t}\n"
        '@BOOK{9.8:11,\n AUTHOR = {U. Author},\n AUTHOR+an:username = {1="@name"},\n TITLE = {From biber}\n}\n'
        "@Article{Ho-87 ,\n title = {A blank behind the key},\n}\n"
        "@techreport(Bundy:75,\n title = {Round braces\n\t (with round braces inside)}\n)\n"
        "@incollection {MR1,\n AUTHOR = {Franc{\\ocirc{u}}, Jan and Lovecraft, H.{\\,}P.},\n"
        " TITLE = {A {\\sc command}}\n}\n"
    )
    assert [(entry.key, entry.title) for entry in bibliography.entries] == [
        ("huangendnote", "From EndNote"),
        ("9.8:11", "From biber"),
        ("Ho-87", "A blank behind the key"),
        ("Bundy:75", "Round braces (with round braces inside)"),
        ("MR1", "A command"),
    ]
    assert bibliography.entries[-1].authors == (Name("Franc\\ocirc{u}", "Jan"), Name("Lovecraft", "H. P."))
    assert 'author+an:username = {1="@name"}' in write(bibliography.entries)
