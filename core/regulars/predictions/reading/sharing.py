"""Sharing: what several models ask for is read once, and each is told its own part of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from regulars.hooks.predictions import Reads

from .data import by_event, events_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regulars.customers.scores import PlannedModel
    from regulars.hooks.predictions import ModelData
    from regulars.segments.scope import Scope
    from regulars.store import Store


def joined(reads: Iterable[Reads]) -> Reads:
    """What any of ``reads`` asks for now; an experiment is asked for by one model alone."""
    every = list(reads)
    return Reads(
        events=_once(each.events for each in every),
        amounts=_once(each.amounts for each in every),
        texts=_once(each.texts for each in every),
        traits=_once(each.traits for each in every),
        attributes=_once(each.attributes for each in every),
        files=_once(each.files for each in every),
    )


def narrowed(data: ModelData, reads: Reads) -> ModelData:
    """``data`` with what ``reads`` asks for and nothing beside; the arrays are the same ones."""
    return replace(
        data,
        events={
            name: replace(
                data.events[name],
                amounts={each: data.events[name].amounts[each] for each in amounts},
                texts={each: data.events[name].texts[each] for each in texts},
            )
            for name, (amounts, texts) in by_event(reads).items()
        },
        traits={name: data.traits[name] for name in reads.traits},
        attributes={name: data.attributes[name] for name in reads.attributes},
        files={name: data.files[name] for name in reads.files},
    )


def watched(store: Store, scope: Scope, model: PlannedModel, data: ModelData) -> ModelData:
    """``data`` of ``model`` with the events beside that its scores foresee, read if need be."""
    foreseen = model.foreseen.values()
    wanted = Reads(
        events=[each.event for each in foreseen],
        amounts=[each.amount for each in foreseen if each.amount is not None],
    )
    missing = [
        event
        for event, (amounts, _) in by_event(wanted).items()
        if event not in data.events or not set(amounts) <= data.events[event].amounts.keys()
    ]
    if not missing:
        return data
    reads = joined([wanted, model.reads])
    parts = {event: part for event, part in by_event(reads).items() if event in missing}
    again = Reads(
        events=missing,
        amounts=[f"{event}.{name}" for event, (amounts, _) in parts.items() for name in amounts],
        texts=[f"{event}.{name}" for event, (_, texts) in parts.items() for name in texts],
    )
    with store.reading() as connection:
        found = events_of(connection, scope, data.customers, again)
    return replace(data, events={**data.events, **found})


def _once(names: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for some in names for name in some))
