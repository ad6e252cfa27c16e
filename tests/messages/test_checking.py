from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from regulars.errors import PlaybookError
from regulars.messages.rendering import check_templates
from regulars.playbook.loading import load_playbook

if TYPE_CHECKING:
    from pathlib import Path

    from regulars.playbook.loading import Check, Loaded

PLAYBOOK = """playbook: bakery
customer:
  attributes: {first_name: text, city: text}
sources:
  people:
    use: csv
    path: people.csv
    provides: customers
    map: {id: id, email: email, nickname: nick}
  orders:
    use: csv
    path: orders.csv
    provides: events
    event: order
    map: {customer: customer, time: time, total: total}
traits:
  spend: {sum: order.total}
channels:
  email: {use: outbox}
messages:
  hello:
    email:
      subject: SUBJECT
      template: hello.md.j2
"""
TRIED = """\
experiments: {x: {arms: {control: {}, gift: {offer: a bun}}}}
journeys: {j: {when: {event: order}, steps: [{send: hello, experiment: x}]}}
"""
SUBJECT_AT = (23, 16)


def load(folder: Path, template: str, playbook: str, also: Check | None = None) -> Loaded:
    (folder / "hello.md.j2").write_text(template, encoding="utf-8")
    (folder / "people.csv").write_text("id,email,nick\n", encoding="utf-8")
    (folder / "orders.csv").write_text("customer,time,total\n", encoding="utf-8")
    (folder / "playbook.yaml").write_text(playbook, encoding="utf-8")
    return load_playbook(folder / "playbook.yaml", {}, also)


def problems(
    folder: Path, template: str = "Hello", subject: str = "Hello", playbook: str = PLAYBOOK
) -> list[str]:
    found = check_templates(load(folder, template, playbook.replace("SUBJECT", f'"{subject}"')))
    return [str(problem).replace(f"{folder}/", "") for problem in sorted(found)]


def mistakes(folder: Path, template: str, more: str) -> list[str]:
    """All that ``check`` tells of the playbook with ``more``."""
    with pytest.raises(PlaybookError) as error:
        load(folder, template, (PLAYBOOK + more).replace("SUBJECT", "x"), check_templates)
    return [str(problem).replace(f"{folder}/", "") for problem in error.value.problems]


def test_good_templates_have_no_problem(tmp_path: Path) -> None:
    template = """{% macro bold(x) %}**{{ x }}**{% endmacro %}
{% for i in range(3) %}{{ bold(i) }} {{ loop.index }}{% endfor %}
{% set who = customer.first_name or customer.nickname %}{{ who }} {{ customer["email"] }}
{{ traits.spend | money }} {{ event.total }} {{ now | date }} {{ playbook.id }}
{{ customer.get("x") }}
{{ customer.unheard_of | default("x") }} {% if nobody is defined %}x{% endif %}
"""
    assert problems(tmp_path, template) == []


def test_a_template_that_does_not_parse_is_placed_in_its_file(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "Hello\n{% if %}")
    assert found == "hello.md.j2:2:1: Expected an expression, got 'end of statement block'"


def test_unknown_names_are_placed_and_told_what_was_probably_meant(tmp_path: Path) -> None:
    template = (
        "Hello\n{{ traits.spendd }} {{ customer['frist_name'] }}\n{{ scores.x.y }} {{ custmer.id }}"
    )
    assert problems(tmp_path, template) == [
        "hello.md.j2:2:11: unknown trait 'spendd' (did you mean 'spend'?)",
        "hello.md.j2:2:34: unknown attribute 'frist_name' (did you mean 'first_name'?)",
        "hello.md.j2:3:11: unknown model 'x'",
        "hello.md.j2:3:21: unknown name 'custmer' (did you mean 'customer'?)",
    ]


def test_a_text_in_the_playbook_is_placed_there(tmp_path: Path) -> None:
    line, column = SUBJECT_AT
    assert problems(tmp_path, subject="{{ traits.spendd }}") == [
        (
            f"playbook.yaml:{line}:{column}: messages.hello.email.subject: "
            "unknown trait 'spendd' (did you mean 'spend'?)"
        )
    ]


def test_an_unknown_filter_is_refused(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "{{ traits.spend | moeny }}")
    assert found == "hello.md.j2:1:1: unknown filter 'moeny' (did you mean 'money'?)"


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("x.mjml.j2", "MJML templates can't be used yet"),
        ("x.docx", "a template is .md.j2, .html.j2 or .txt.j2"),
    ],
)
def test_a_template_file_that_is_none_is_refused(tmp_path: Path, file: str, reason: str) -> None:
    text = PLAYBOOK.replace("hello.md.j2", file).replace("SUBJECT", "x")
    (tmp_path / "playbook.yaml").write_text(text, encoding="utf-8")
    for needed in (file, "people.csv", "orders.csv"):
        (tmp_path / needed).touch()
    (found,) = check_templates(load_playbook(tmp_path / "playbook.yaml"))
    assert found.path == "messages.hello.email.template"
    assert found.line == 24
    assert found.reason.startswith(f"{file}: ")
    assert reason in found.reason


def test_an_unknown_layout_is_refused(tmp_path: Path) -> None:
    (tmp_path / "hello.md.j2").touch()
    (tmp_path / "people.csv").touch()
    (tmp_path / "orders.csv").touch()
    text = PLAYBOOK.replace("SUBJECT", "x") + "      layout: leter\n"
    (tmp_path / "playbook.yaml").write_text(text, encoding="utf-8")
    (found,) = check_templates(load_playbook(tmp_path / "playbook.yaml"))
    assert found.path == "messages.hello.email.layout"
    assert "letter" in found.reason


def test_an_arm_needs_an_experiment_and_has_the_variables_of_all_arms(tmp_path: Path) -> None:
    assert problems(tmp_path, "Hi\n{{ arm.offer }}") == [
        (
            "hello.md.j2:2:4: 'arm' needs an experiment; "
            "write experiment: NAME beside the send of this message"
        )
    ]
    assert problems(tmp_path, "{% if arm is defined %}{{ arm.offer }}{% endif %}") == []
    tried = PLAYBOOK + TRIED
    asking = "{% if arm.offer %}{{ arm.offer }}{% endif %}{{ arm.name }}"
    assert problems(tmp_path, asking, playbook=tried) == []
    (problem,) = problems(tmp_path, "{{ arm.ofer }}", playbook=tried)
    assert "unknown variable of an arm of x 'ofer' (did you mean 'offer'?)" in problem


def test_an_arm_must_be_known_wherever_a_step_sends_the_message(tmp_path: Path) -> None:
    more = TRIED.replace("experiment: x}]", "experiment: x}, {send: hello, id: again}]")
    (problem,) = problems(tmp_path, "{{ arm.offer }}", playbook=PLAYBOOK + more)
    assert problem == (
        "hello.md.j2:1:4: 'arm' needs an experiment, and the step 'again' of 'j' sends this "
        "without one; write experiment: NAME beside it"
    )
    asking = "{% if arm is defined %}{{ arm.offer }}{% endif %}"
    assert problems(tmp_path, asking, playbook=PLAYBOOK + more) == []


def test_a_variable_must_be_one_of_every_experiment_that_the_message_is_sent_with(
    tmp_path: Path,
) -> None:
    more = TRIED.replace("{x:", "{y: {factors: {present: [bun, cake], size: [s, l]}}, x:").replace(
        "experiment: x}]", "experiment: x}, {send: hello, experiment: y, id: again}]"
    )
    template = "{{ arm.name }} {{ arm.offer }}\n{{ arm.size }} {{ arm.nothing | default('') }}"
    assert problems(tmp_path, template, playbook=PLAYBOOK + more) == [
        "hello.md.j2:1:23: unknown variable of an arm of y 'offer'",
        "hello.md.j2:2:8: unknown variable of an arm of x 'size'",
    ]


def test_what_a_broken_part_would_say_of_arms_is_not_guessed(tmp_path: Path) -> None:
    said = {
        "experiments: {x: {arms: {control: {}, gift: {offer: [bun]}}}}": "should be text",
        "experiments: {y: {arms: {control: {}, gift: {}}}}": "unknown experiment 'x'",
    }
    journeys = TRIED.splitlines()[1]
    for experiments, told in said.items():
        wrong = mistakes(tmp_path, "{{ arm.offer }}", f"{experiments}\n{journeys}\n")
        assert [told in problem for problem in wrong] == [True]
    broken = TRIED.replace("experiment: x", "experiment: [x]")
    (problem,) = mistakes(tmp_path, "{{ arm.offer }}", broken)
    assert "steps[0].experiment: should be text" in problem


def test_links_without_a_place_to_lead_to_are_told_what_to_write(tmp_path: Path) -> None:
    for template in ("Hi\n{{ links.unsubscribe }}", "Hi\n{{ links.track('https://x.example') }}"):
        assert problems(tmp_path, template) == [
            (
                "hello.md.j2:2:4: 'links' needs to know where links lead; "
                "write links: {base: https://…} in the playbook"
            )
        ]


def test_a_template_may_ask_whether_there_are_links(tmp_path: Path) -> None:
    for asked in ("links", "links.unsubscribe"):
        template = f"{{% if {asked} is defined %}}{{{{ links.unsubscribe }}}}{{% endif %}}"
        assert problems(tmp_path, template) == []


def test_an_unknown_link_is_told(tmp_path: Path) -> None:
    playbook = PLAYBOOK + "links: {base: https://links.corner.example}\n"
    assert problems(tmp_path, "{{ links.preferences }}", playbook=playbook) == []
    (problem,) = problems(tmp_path, "{{ links.unsubscribed }}", playbook=playbook)
    assert "unknown link 'unsubscribed' (did you mean 'unsubscribe'?)" in problem
