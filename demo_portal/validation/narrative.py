"""Narrative: the few tags of XHTML that FHIR R4 allows (rules txt-1 and txt-2), so that no page that shows it runs code."""

from __future__ import annotations

import re
from xml.etree import ElementTree

_XHTML = "{http://www.w3.org/1999/xhtml}"
_TAGS = """
    a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img li
    ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var
"""
_ATTRIBUTES = "abbr alt cellpadding cellspacing class colspan height id lang rowspan span title width"
_ALLOWED, _ALLOWED_ATTRIBUTES = frozenset(_TAGS.split()), frozenset(_ATTRIBUTES.split())
_LINK = re.compile(r"(https://|mailto:|tel:|#)", re.IGNORECASE)


def is_plain(text: str) -> bool:
    """Whether a narrative is well-formed, says something, and has only harmless tags, attributes and links."""
    # Without declarations there are no entities that could grow, and nothing that is fetched.
    if "<!" in text or "<?" in text:
        return False
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError):
        return False
    return root.tag == f"{_XHTML}div" and _says_something(root) and all(_is_harmless(each) for each in root.iter())


def _says_something(root: ElementTree.Element) -> bool:
    return bool("".join(root.itertext()).strip()) or root.find(f".//{_XHTML}img") is not None


def _is_harmless(element: ElementTree.Element) -> bool:
    if element.tag.removeprefix(_XHTML) not in _ALLOWED:
        return False
    return all(_is_harmless_attribute(name, value) for name, value in element.items())


def _is_harmless_attribute(name: str, value: str) -> bool:
    if name in ("href", "src"):
        return _LINK.match(value) is not None
    return name in _ALLOWED_ATTRIBUTES or name == "{http://www.w3.org/XML/1998/namespace}lang"
