"""BibTeX in and out, as plain records: `parse` a file, `write` records back. Nothing here knows Django or the database.

bibliography = parse(data)          # bytes or text
bibliography.entries                # what could be read, in the order of the file
bibliography.problems               # what could not, each with its line and a remedy
write(bibliography.entries)         # a .bib whose records are equal to these
"""

from readings.bibtex.identifiers import normal_arxiv, normal_doi, normal_isbn
from readings.bibtex.keys import citation_key
from readings.bibtex.latex import MATH, from_latex, one_line, to_latex
from readings.bibtex.names import display_names, names_from_bibtex, names_from_lines, names_to_lines
from readings.bibtex.reading import MAX_BYTES, MAX_ENTRIES, parse
from readings.bibtex.records import Bibliography, Entry, Kind, Name, Problem, Severity, UnreadableFile
from readings.bibtex.writing import write

__all__ = [
    "MATH",
    "MAX_BYTES",
    "MAX_ENTRIES",
    "Bibliography",
    "Entry",
    "Kind",
    "Name",
    "Problem",
    "Severity",
    "UnreadableFile",
    "citation_key",
    "display_names",
    "from_latex",
    "names_from_bibtex",
    "names_from_lines",
    "names_to_lines",
    "normal_arxiv",
    "normal_doi",
    "normal_isbn",
    "one_line",
    "parse",
    "to_latex",
    "write",
]
