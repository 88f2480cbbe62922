"""A formation: its states, what of it outlasts a Cancel, and which event ends it why."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from nearby_tray.core.model import FormGroup, Reason, Way
from nearby_tray.errors import Unavailable
from nearby_tray.system.wifi.events import (
    Event,
    FindStopped,
    Finished,
    FormationFailed,
    Invited,
    Negotiated,
    NegotiationFailed,
    Provisioned,
    Started,
    WpsFailed,
)
from nearby_tray.system.wifi.negotiation import Formation, Kept, Said, Silent, Up

PEER, OTHER = "02:00:00:00:01:00", "02:00:00:00:02:00"
PLAIN = FormGroup(1, PEER)
OURS = FormGroup(1, PEER, ("169.254.7.1", "fd11::1"), ("169.254.7.2", "fd11::2"))
GROUP = Started("/i", "/g", owner=True)


def formation() -> Formation:
    return Formation(1, PEER)


@pytest.mark.parametrize("kept", [Kept.AGREEMENT, Kept.INVITATION])
def test_what_was_agreed_or_invited_outlasts_a_new_try(kept: Kept) -> None:
    made = formation()
    states = [made.state]
    assert made.kept is Kept.NOTHING and made.started is None
    steps: list[Callable[[], None]] = [lambda: made.said(kept), made.unsaid, made.said, lambda: made.up(GROUP)]
    for step in steps:
        step()
        states.append(made.state)
        assert made.kept is kept
    assert states == [Silent(), Said(), Silent(), Said(), Up(GROUP)] and made.started is GROUP


def test_waiting_consumes_nothing() -> None:
    async def main() -> None:
        made = formation()
        heard: list[Event] = [FindStopped(), Negotiated(PEER, 2437), GROUP]
        for event in heard:
            made.hear(event)
        assert await made.wait_for((Negotiated,), 10)
        assert not await made.wait_for((Invited,), 0)
        assert made.take_all() == heard

    asyncio.run(main())


@pytest.mark.parametrize(
    ("heard", "given_up"),
    [
        ([FindStopped(), NegotiationFailed(PEER, -1)], True),
        ([NegotiationFailed(PEER, 1), Negotiated(PEER, None), NegotiationFailed(PEER, -1)], False),
        ([GROUP, NegotiationFailed(PEER, -1)], False),
        ([FindStopped()], False),
    ],
)
def test_giving_up_is_told_from_an_answer(heard: list[Event], given_up: bool) -> None:
    async def main() -> None:
        made = formation()
        for event in heard:
            made.hear(event)
        assert await made.is_given_up(0 if heard == [FindStopped()] else 10) is given_up

    asyncio.run(main())


def test_a_lost_daemon_is_known_at_once_and_the_last_event() -> None:
    made, why = formation(), Unavailable(Reason.DAEMON_RESTARTED)
    made.hear(FindStopped())
    made.lose(why)
    assert made.lost is why and made.take_all() == [FindStopped(), why]


@pytest.mark.parametrize(
    ("order", "event", "reason"),
    [
        (PLAIN, Unavailable(Reason.WIFI_OFF), Reason.WIFI_OFF),
        (PLAIN, NegotiationFailed(PEER, -1), Reason.NO_ANSWER),
        (OURS, NegotiationFailed(PEER, -1), Reason.NOT_FORMED),
        (PLAIN, NegotiationFailed(PEER, 11), Reason.REJECTED),
        (PLAIN, NegotiationFailed(OTHER, 11), None),
        (FormGroup(1, PEER, way=Way.JOIN), Provisioned(PEER, 2), Reason.NOT_READY),
        (FormGroup(1, PEER, way=Way.JOIN), Provisioned(PEER, -1), Reason.NO_ANSWER),
        (PLAIN, Provisioned(PEER, 2), None),
        (FormGroup(1, PEER, way=Way.REINVOKE), Invited(8), Reason.GROUP_FORGOTTEN),
        (FormGroup(1, PEER, way=Way.REINVOKE), Invited(1), None),
        (PLAIN, Invited(8), None),
        (PLAIN, WpsFailed("/i", Reason.WRONG_PIN, "18"), Reason.WRONG_PIN),
        (PLAIN, WpsFailed("/i", None, "0"), None),
        (PLAIN, FormationFailed(""), Reason.NOT_FORMED),
        (PLAIN, Finished("/i"), Reason.NOT_FORMED),
        (PLAIN, Finished("/other"), None),
    ],
)
def test_each_end_of_a_formation_has_its_reason(order: FormGroup, event: Event | Unavailable, reason: Reason | None) -> None:
    made = formation()
    made.up(GROUP)
    if reason is None:
        made.judge(order, event)
    else:
        with pytest.raises(Unavailable) as caught:
            made.judge(order, event)
        assert caught.value.reason is reason


def test_only_the_negotiation_with_the_peer_names_the_channel() -> None:
    made = formation()
    made.judge(PLAIN, Negotiated(OTHER, 5180))
    assert made.frequency is None
    made.judge(PLAIN, Negotiated(PEER, 2437))
    assert made.frequency == 2437
