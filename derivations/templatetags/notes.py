"""What the templates of notes draw as text, because a long note has dozens of it."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def links_to_steps(doubts: Iterable[dict[str, Any]], verdict: str) -> SafeString:
    """A link to each step in doubt that has this verdict: ` <a href="#verdict-3">step 3</a>`."""
    numbers = [int(doubt["number"]) for doubt in doubts or () if doubt["verdict"] == verdict]
    return SafeString("".join([f' <a href="#verdict-{number}">step {number}</a>' for number in numbers]))
