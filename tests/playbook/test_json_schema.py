"""The schema that an editor completes from says the same as the loader."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from regulars.hooks import Plugins
from regulars.playbook.json_schema import json_schema
from regulars.playbook.positions import plain
from regulars.playbook.reading import read_yaml

Problems = Callable[..., list[str]]

EXAMPLES = Path(__file__).parents[2] / "examples"
TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "integer": int,
    "number": int | float,
}
CHECKED = {
    *("type", "properties", "required", "additionalProperties", "patternProperties", "items"),
    *("propertyNames", "anyOf", "oneOf", "not", "enum", "const", "pattern", "$ref"),
    *("minLength", "maxLength", "minItems", "maxItems", "minProperties"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
}
SAID = {"title", "description", "default", "format", "writeOnly", "$defs", "$schema"}


class Schema:
    """A JSON Schema as far as this one goes; an unknown keyword is an error."""

    def __init__(self, whole: dict[str, Any]) -> None:
        self.whole = whole

    def fits(self, value: Any, schema: Any = None) -> bool:
        schema = self.whole if schema is None else schema
        if isinstance(schema, bool):
            return schema
        assert set(schema) <= CHECKED | SAID, set(schema) - CHECKED - SAID
        return all(
            getattr(self, "_" + word.removeprefix("$"))(value, wanted, schema)
            for word, wanted in schema.items()
            if word in CHECKED
        )

    def _ref(self, value: Any, wanted: str, _: Any) -> bool:
        return self.fits(value, self.whole["$defs"][wanted.removeprefix("#/$defs/")])

    def _type(self, value: Any, wanted: str, _: Any) -> bool:
        truth = isinstance(value, bool) and wanted in {"integer", "number"}
        return isinstance(value, TYPES[wanted]) and not truth

    def _properties(self, value: Any, wanted: Any, _: Any) -> bool:
        return not isinstance(value, dict) or all(
            self.fits(value[name], schema) for name, schema in wanted.items() if name in value
        )

    def _required(self, value: Any, wanted: Any, _: Any) -> bool:
        return not isinstance(value, dict) or set(wanted) <= set(value)

    def _patternProperties(self, value: Any, wanted: Any, _: Any) -> bool:  # noqa: N802
        return not isinstance(value, dict) or all(
            self.fits(item, schema)
            for pattern, schema in wanted.items()
            for name, item in value.items()
            if re.search(pattern, name)
        )

    def _additionalProperties(self, value: Any, wanted: Any, schema: Any) -> bool:  # noqa: N802
        known = schema.get("properties", {})
        patterns = schema.get("patternProperties", {})
        return not isinstance(value, dict) or all(
            self.fits(item, wanted)
            for name, item in value.items()
            if name not in known and not any(re.search(p, name) for p in patterns)
        )

    def _propertyNames(self, value: Any, wanted: Any, _: Any) -> bool:  # noqa: N802
        return not isinstance(value, dict) or all(self.fits(name, wanted) for name in value)

    def _items(self, value: Any, wanted: Any, _: Any) -> bool:
        return not isinstance(value, list) or all(self.fits(item, wanted) for item in value)

    def _anyOf(self, value: Any, wanted: Any, _: Any) -> bool:  # noqa: N802
        return any(self.fits(value, schema) for schema in wanted)

    def _oneOf(self, value: Any, wanted: Any, _: Any) -> bool:  # noqa: N802
        return sum(self.fits(value, schema) for schema in wanted) == 1

    def _not(self, value: Any, wanted: Any, _: Any) -> bool:
        return not self.fits(value, wanted)

    def _enum(self, value: Any, wanted: Any, _: Any) -> bool:
        return value in wanted

    def _const(self, value: Any, wanted: Any, _: Any) -> bool:
        return type(value) is type(wanted) and bool(value == wanted)

    def _pattern(self, value: Any, wanted: str, _: Any) -> bool:
        return not isinstance(value, str) or re.search(wanted, value) is not None

    def _minLength(self, value: Any, wanted: int, _: Any) -> bool:  # noqa: N802
        return not isinstance(value, str) or len(value) >= wanted

    def _maxLength(self, value: Any, wanted: int, _: Any) -> bool:  # noqa: N802
        return not isinstance(value, str) or len(value) <= wanted

    def _minItems(self, value: Any, wanted: int, _: Any) -> bool:  # noqa: N802
        return not isinstance(value, list) or len(value) >= wanted

    def _maxItems(self, value: Any, wanted: int, _: Any) -> bool:  # noqa: N802
        return not isinstance(value, list) or len(value) <= wanted

    def _minProperties(self, value: Any, wanted: int, _: Any) -> bool:  # noqa: N802
        return not isinstance(value, dict) or len(value) >= wanted

    def _minimum(self, value: Any, wanted: float, _: Any) -> bool:
        return not isinstance(value, int | float) or value >= wanted

    def _maximum(self, value: Any, wanted: float, _: Any) -> bool:
        return not isinstance(value, int | float) or value <= wanted

    def _exclusiveMinimum(self, value: Any, wanted: float, _: Any) -> bool:  # noqa: N802
        return not isinstance(value, int | float) or value > wanted

    def _exclusiveMaximum(self, value: Any, wanted: float, _: Any) -> bool:  # noqa: N802
        return not isinstance(value, int | float) or value < wanted


@pytest.fixture(scope="module")
def schema() -> Schema:
    return Schema(json_schema(Plugins.load()))


def test_it_is_json_of_the_dialect_it_names(schema: Schema) -> None:
    assert json.loads(json.dumps(schema.whole)) == schema.whole
    assert schema.whole["$schema"] == "https://json-schema.org/draft/2020-12/schema"


ONE_THING = {"links", "retention"}  # sections that are no collection of named parts


@pytest.mark.parametrize("name", ["corner-bakery", "cdnow"])
def test_the_examples_fit(schema: Schema, name: str) -> None:
    content = (EXAMPLES / name / "playbook.yaml").read_bytes()
    for section, value in plain(read_yaml(content, name)[0]).items():
        apart = isinstance(value, dict) and section not in ONE_THING
        for part, inner in value.items() if apart else [("", value)]:
            whole = {section: {part: inner}} if part else {section: value}
            assert schema.fits(whole), (section, part)


RIGHT = [
    "channels: {email: {use: smtp, host: a, from: a@example.com, password: {env: PASSWORD}}}",
    "store: {env: STORE}",
    "customer: {attributes: {plan: {type: text, one_of: [free, pro]}, city: text}}",
    "journeys: {j: {when: {enters: a}, again: 90d, steps: [{send: a, via: b}, exit]}}",
    "journeys: {j: {when: {enters: a}, steps: [{send: a, via: [b]}, {exit: true}]}}",
    "messages: {m: {max_lateness: 2d, email: {subject: a, body: b}, sms: {text: c}}}",
    "segments: {a: {performed: order, none: [{segment: staff}], where: {item: {is: bread}}}}",
    "experiments: {a: {arms: {b: {}, c: {d: e}}, by: f, decide: {use: bayes-ab, looks: 3}}}",
    "experiments: {a: {factors: {b: [c, d]}, by: [f], weights: [0.5, 0.5], coverage: 5%}}",
    "experiments: {a: {arms: {b: {}, c: {}}, allocation: {use: top-two, floor: 5%}}}",
    "experiments: {a: {arms: {b: {}, c: {}}, goals: [{id: d, ratio: e.f, to: e, within: 3d}]}}",
    "experiments: {a: {arms: {b: {}, c: {}}, layer: {name: d, from: 0%, to: 50%}, unit: e}}",
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_fits(schema: Schema, text: str) -> None:
    assert schema.fits(plain(read_yaml(text.encode(), "p")[0]))


WRONG = [
    "curency: USD",
    "sources: {a: {use: cvs, path: x, provides: customers}}",
    "sources: {a: {use: csv, pth: x, provides: customers}}",
    "sources: {a: {use: csv, provides: customers}}",
    "sources: {a: {use: csv, path: x, provides: customer}}",
    "channels: {a: {use: smtp, hots: x}}",
    "segments: {Big: {segment: a}}",
    "segments: {a: {performed: order, atleast: 4}}",
    "segments: {a: {performed: order, at_least: '4'}}",
    "segments: {a: {performed: order, within: 90}}",
    "segments: {a: {all: [{tarit: x, is: 3}]}}",
    "segments: {a: {use: nothing}}",
    "journeys: {j: {when: {enters: a}}}",
    "journeys: {j: {when: {enters: a}, steps: [{sned: x}]}}",
    "messages: {m: {email: {subjekt: a, body: b}}}",
    "topics: {t: {title: x, basis: maybe}}",
    "experiments: {a: {}}",
    "experiments: {a: {arms: {b: {}}}}",
    "experiments: {a: {arms: {b: {}, c: {}}, factors: {d: [e, f]}}}",
    "experiments: {a: {arms: {b: {}, c: {}}, wieghts: [0.5, 0.5]}}",
    "experiments: {a: {arms: {b: {}, c: {}}, weights: [0.5, 0.5], allocation: {use: thompson}}}",
    "experiments: {a: {arms: {b: {}, c: {}}, allocation: {use: thomson}}}",
    "experiments: {a: {arms: {b: {}, c: {}}, decide: {use: bayes-ab, looks: 0}}}",
    "experiments: {a: {arms: {b: {}, c: {}}, decide: {use: bayes-ab, horizn: 9d}}}",
    "experiments: {a: {arms: {b: {}, c: {}}, goals: [{id: d, performed: e}]}}",
    "experiments: {a: {arms: {b: {}, c: {}}, goals: [{id: d, within: 3d}]}}",
    "experiments: {a: {arms: {b: {}, c: {}}, layer: {name: d, from: 0%}}}",
    "experiments: {a: {arms: {b: {}, c: {}}, hash: md5}}",
]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_does_not_fit(schema: Schema, problems: Problems, text: str) -> None:
    assert not schema.fits(plain(read_yaml(text.encode(), "p")[0]))
    assert problems(f"playbook: x\n{text}")


def test_a_loose_plugins_own_words_are_in_it(folder: Path) -> None:
    (folder / "weather.py").write_text(
        "from pydantic import Field\n"
        "from regulars.hooks import ConditionKind, Settings, hookimpl\n\n\n"
        "class Sky(Settings):\n"
        "    clouds: int = Field(ge=0, le=8)\n\n\n"
        "@hookimpl\n"
        "def regulars_conditions():\n"
        "    return [ConditionKind('weather', 'The sky above', Sky, lambda *_: None)]\n"
    )
    schema = Schema(json_schema(Plugins.load(files=[folder / "weather.py"])))
    assert schema.fits({"segments": {"a": {"use": "weather", "clouds": 3}}})
    assert schema.fits({"segments": {"a": {"all": [{"use": "weather", "clouds": {"env": "N"}}]}}})
    assert not schema.fits({"segments": {"a": {"use": "weather", "clouds": 9}}})
    assert not schema.fits({"segments": {"a": {"use": "weather"}}})
    assert not schema.fits({"segments": {"a": {"use": "weather", "clouds": 3, "wind": 1}}})
