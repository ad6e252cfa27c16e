"""The house on disk is the house that pyproject.toml ships."""

from __future__ import annotations

import tomllib
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def on_disk() -> list[str]:
    homes = [ROOT / "core", ROOT / "templates", *sorted((ROOT / "plugins").iterdir())]
    found = [
        place for home in homes for place in home.iterdir() if (place / "__init__.py").exists()
    ]
    return sorted(str(place.relative_to(ROOT)) for place in found)


def test_the_wheel_ships_every_package_on_disk_and_no_other() -> None:
    wheel = pyproject()["tool"]["hatch"]["build"]["targets"]["wheel"]

    assert sorted(wheel["packages"]) == on_disk()


def test_nothing_hides_a_wrong_entry_of_the_package_list() -> None:
    assert "dev-mode-dirs" not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_every_package_tells_type_checkers_that_it_is_typed() -> None:
    assert [place for place in on_disk() if not (ROOT / place / "py.typed").exists()] == []


def test_every_first_party_plugin_loads_by_its_entry_point() -> None:
    declared = pyproject()["project"]["entry-points"]["regulars"]
    installed = {entry.name: entry for entry in entry_points(group="regulars")}

    assert {name: installed[name].value for name in declared} == declared
    assert all(installed[name].load() for name in declared)


def test_the_import_contracts_name_every_package() -> None:
    names = [Path(place).name for place in on_disk()]

    assert sorted(pyproject()["tool"]["importlinter"]["root_packages"]) == sorted(names)


def test_every_folder_of_core_has_its_layer() -> None:
    contracts = pyproject()["tool"]["importlinter"]["contracts"]
    layers = {
        name.strip()
        for contract in contracts
        if contract["type"] == "layers"
        for layer in contract["layers"]
        for name in layer.split(":")
    }
    core = ROOT / "core" / "regulars"
    modules = {place.stem for place in core.iterdir() if not place.name.startswith(("_", "."))}

    assert modules - {"py"} == layers
