"""Texts that often break programs, and data for models with such a text in every field."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from datetime import date as Date
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel

from tracker.model import STATUS_WORDS, Status
from tracker.model.fields import Hash

NASTY = (
    "",
    " ",
    "~",
    "null",
    "no",
    "true",
    "0706412",
    "5e05c13",
    "12:30:45",
    "0x1F",
    "1_000",
    ".inf",
    "2026-02-15",
    "- a",
    "# a",
    "a # b",
    "a: b",
    "a:",
    "? a",
    "&a *a",
    "!!int 3",
    "%YAML 1.1",
    "---",
    "...",
    "a\n---\nb",
    "a\n...\nb",
    "'",
    '"',
    "\\",
    "|",
    "> a",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "[a, b]",
    "{a: b}",
    "<script>alert(1)</script>",
    "😀é\u200b\u2028\xa0\ufeff",
    "a\nb",
    "a\n",
    "\na",
    "a\n\n\nb\n\n",
    " a\nb",
    "a \n b\t\n",
    "\ta\nb",
    "a\r\nb",
    "a\x85b",
    "a\u2028b\nc",
    "\n",
    "\n\n",
    "- a\n- b\n",
    "# a\nb: c\n",
    "x" * 200 + " " + "y" * 200,
    ("word " * 60 + "\n") * 3,
)


def filled(model: type[BaseModel], text: str, special: Mapping[str, str]) -> dict[str, Any]:
    """Return data for a model with every field set: `text` for every text field, `special` by path of keys.

    >>> filled(Decision, "x", {})
    {'decision': 'x', 'rationale': 'x', 'alternatives': ['x']}
    """
    hints = typing.get_type_hints(model, include_extras=True)
    names = {name: info.alias or name for name, info in model.model_fields.items()}
    return {shown: _value(hints[name], text, special, shown) for name, shown in names.items()}


def _value(annotation: Any, text: str, special: Mapping[str, str], name: str) -> Any:
    if name in special:
        text = special[name]
    if annotation == Hash:
        return special.get("commit", text)
    origin = get_origin(annotation)
    if origin is Annotated:
        return _value(get_args(annotation)[0], text, special, name)
    if origin in (typing.Union, types.UnionType):
        return _value(next(part for part in get_args(annotation) if part is not type(None)), text, special, name)
    if origin is tuple:
        return [_value(get_args(annotation)[0], text, special, name)]
    if origin is dict:
        return {text: _value(get_args(annotation)[1], text, special, name)}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return filled(annotation, text, special)
    plain: dict[Any, Any] = {
        str: text,
        bool: "true",
        float: "0.5",
        int: "3",
        Date: "2026-01-01",
        Status: next(iter(STATUS_WORDS)),
    }
    return plain[annotation]
