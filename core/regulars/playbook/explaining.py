"""Explaining: what a validation error means, in a sentence for somebody who writes playbooks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from regulars.values import NAME

from .suggestions import closest

A_NAME = "lower-case letters, digits, _ and -, starting with a letter"
EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "path_type": "a path",
}
LIMITS = {
    "greater_than": "should be more than {gt}",
    "greater_than_equal": "should be at least {ge}",
    "less_than": "should be less than {lt}",
    "less_than_equal": "should be at most {le}",
    "string_too_short": "should have at least {min_length} characters",
    "string_too_long": "should have at most {max_length} characters",
    "too_short": "needs at least {min_length} items",
    "too_long": "should have at most {max_length} items",
}
SHOWN = 60  # characters of a value


def shown(value: object) -> str:
    """``value`` as a problem shows it."""
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    text = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    return f"'{text}'" if isinstance(value, str) else text


def explain(errors: Sequence[ErrorDetails]) -> str:
    """One sentence for the ``errors`` of one value: more than one when it may be of many types."""
    given = errors[0]["input"]
    said = [error for error in errors if error["type"] not in EXPECTED and not _literal(error)]
    choices = [choice for error in errors if _literal(error) for choice in _choices(error)]
    if choices and (close := isinstance(given, str) and closest(given, choices)):
        return f"should be {_either(choices)}, not {shown(given)} (did you mean '{close}'?)"
    types = {error["type"] for error in errors}
    expected = choices + _types(types)
    if said and expected:
        return f"should be {_either(expected)}; otherwise {_sentence(said[0])}"
    if said:
        return _sentence(said[0])
    return f"should be {_either(expected)}, not {shown(given)}{_quotes(types, given)}"


def _types(types: set[str]) -> list[str]:
    expected = dict.fromkeys(EXPECTED[kind] for kind in EXPECTED if kind in types)
    if "a number" in expected:
        expected.pop("a whole number", None)
    return list(expected)


def _quotes(types: set[str], given: object) -> str:
    if given is None or isinstance(given, Mapping | list):
        return ""
    if isinstance(given, str):
        numeric = types & {"int_type", "float_type"} and re.fullmatch(r"-?\d+(\.\d+)?", given)
        return "; take the quotes away" if numeric else ""
    return "; put it in quotes" if types == {"string_type"} else ""


def _literal(error: ErrorDetails) -> bool:
    return error["type"] in {"literal_error", "enum"}


def _choices(error: ErrorDetails) -> list[str]:
    return re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", "")))


def _either(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _sentence(error: ErrorDetails) -> str:
    context: dict[str, Any] = error.get("ctx", {})
    kind, given = error["type"], error["input"]
    if kind == "value_error":
        return str(context.get("error", error["msg"]))
    if kind in {"string_too_short", "too_short"} and context["min_length"] == 1:
        return "must not be empty"
    if kind in LIMITS:
        return LIMITS[kind].format(**context)
    if kind == "string_pattern_mismatch":
        return f"should be {_pattern(context['pattern'])}, not {shown(given)}"
    return error["msg"][:1].lower() + error["msg"][1:]


def _pattern(pattern: str) -> str:
    if pattern == NAME:
        return A_NAME
    if pattern.startswith("^[a-z][a-z0-9_.-]*"):
        return f"{A_NAME}, with dots between"
    if pattern.startswith("^(attribute|trait|score)"):
        return "attribute.NAME, trait.NAME or score.MODEL.NAME"
    return f"like {pattern}"
