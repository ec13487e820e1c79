"""The words that begin a definition, an assumption, or what is random."""

from __future__ import annotations

import re

TRIGGERS = re.compile(
    r"\b(let|suppose|assume|assuming|assumes?|where|with|given|such that|since|define[sd]?|set|write|put"
    r"|take|denote[sd]?|fix|for|consider|if|call|draw|using|satisf\w+|when|while|has|have|having|whose|is|are|be|by|and|minimi[sz]e)\b",
    re.I,
)
ASSUMING = re.compile(
    r"\b(let|suppose|assume|assuming|where|with|given|such that|since|set|take|satisf\w+|if|put|when|having|has|have"
    r"|fix|consider|for|whose|provided)\b",
    re.I,
)
RANDOM_LIST = re.compile(r"random (?:variables?|vectors?|signs?)[^§]{0,20}(?:§\s*(?:,|and)\s*)*$", re.I)
RANDOM = re.compile(
    r"random (?:variables?|vectors?|signs?|quantit\w+|matri\w+)|\br\.?v\.?s?\b|discrete random"
    r"|Markov chain|\bi\.?i\.?d\.?\b",
    re.I,
)
