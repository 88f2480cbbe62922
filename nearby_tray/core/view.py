"""What follows from a state: what should exist now (`Wants`), and what may be shown of it (`Snapshot`). Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from . import calls, wps
from .keys import Role
from .model import FormGroup, Group, LinkInfo, Method, Peer, Radios, Snapshot
from .orders import Find, Limits, LinkPlan, Wants
from .states import Asked, Asking, Bonded, Checking, Clearing, Ending, Forming, Idle, Linked, Meeting, Restoring, Seeking, State
from .wire import By
from .wps import Hosting, PlainAsked, PlainChecking, PlainEntering, PlainForming, PlainLinked

# --- what should exist ------------------------------------------------------------------------------------------------------


# spec: 1.2
def wants(state: State, now: float, *, listens: bool, lingers: bool, bluetooth: bool, port: int) -> Wants:
    """What should exist in a state.

    `listens`: calls may be heard; `lingers`: a last word is still to be fetched; `bluetooth`: it is there (a daemon that restarts is waited
    for, not called upon); `port`: UDP, of the pings.
    """
    advertisement = None
    if isinstance(state, Seeking | Restoring) and isinstance(state.round, calls.Round) and bluetooth:
        advertisement = state.round.call(now).encode()
    calling = isinstance(state, Bonded) and state.bond.role is Role.CALLER
    match state:
        case Idle():
            return Wants(listen=listens, serve=lingers)
        case Asked():
            return Wants(serve=lingers)
        case Seeking():
            return Wants(listen=listens, serve=bluetooth, advertisement=advertisement, find=Find.ON)
        case Asking():
            return Wants(serve=True, find=Find.ON)
        case Meeting():
            return Wants(serve=calling, find=Find.ON)
        case Forming(order=order, start=start):
            return Wants(serve=calling, find=Find.HELD, group=order if now >= start else None)
        case Checking(order=order):
            return Wants(serve=calling, find=Find.HELD, group=order, link=link_plan(state, port))
        case Linked(order=order):
            return Wants(serve=calling and state.hang_up is not None, group=order, link=link_plan(state, port))
        case Clearing(attempt=attempt):
            return Wants(serve=calling, clear=attempt)
        case Restoring() if calling:
            return Wants(listen=bluetooth, serve=bluetooth, advertisement=advertisement, find=Find.ON)
        case Restoring():
            return Wants(listen=bluetooth)
        case Ending(farewell=farewell):
            return Wants(serve=lingers, group=state.order if farewell is not None else None, link=farewell)
        case _:
            return replace(_wants_plainly(state), serve=lingers)


def _wants_plainly(state: wps.PlainState) -> Wants:
    """… in a state of a group with plain peers."""
    match state:
        case PlainAsked() | PlainEntering():
            return Wants(find=Find.ON)
        case PlainForming(again=float()):  # between two tries
            return Wants(find=Find.ON)
        case PlainForming(order=order):
            return Wants(find=Find.HELD, group=order)
        case PlainChecking(order=order) | PlainLinked(order=order):
            return Wants(group=order, probe=wps.probes(state))
        case Hosting():
            looks = state.finding is not None and state.group is not None
            return Wants(find=Find.ON if looks else Find.OFF, group=state.order, probe=wps.probes(state))
        case _:
            assert_never(state)


def link_plan(state: Checking | Linked, port: int) -> LinkPlan:
    """The pings on the group of a link."""
    bond = state.bond
    return LinkPlan(
        attempt=state.order.attempt,
        role=bond.role,
        keys=bond.keys,
        group=state.group,
        port=port,
        peer_port=bond.introduction.port,
        addresses=state.order.peer,
    )


# --- what may be shown ------------------------------------------------------------------------------------------------------


def ends(state: State) -> float | None:
    """When a state ends by itself, for the countdown."""
    return None if isinstance(state, Idle | Linked | PlainLinked) else state.until


def snapshot(state: State, known: Snapshot, peers: Callable[[], tuple[Peer, ...]], limits: Limits) -> Snapshot:
    """What a face may show of a state. `known`: what is shown in any state; `peers`: the list."""
    match state:
        case Idle(failure=failure) | Ending(failure=failure):
            return replace(known, failure=failure)
        case Seeking(bond=bond):
            return replace(known, peers=peers(), restoring_because=bond.lost if bond is not None else None)
        case Asking():
            return replace(
                known,
                peers=peers(),
                code=state.keys.code if state.keys is not None else None,
                needs_code=not state.knows,
                may_match=state.secured is not None and not state.matched,
                agreed_here=state.matched,
                agreed_there=state.answer is not None,
            )
        case Asked(secured=secured, purpose=purpose):
            return replace(
                known,
                code=secured.code,
                needs_code=not (state.peer.trusted and state.match is not None),  # until the caller is known to trust this machine, too
                purpose=purpose.value,
                agreed_here=state.by is not None,
                agreed_there=state.match is not None,
                unasked=state.by is By.BOND,
            )
        case Hosting():
            return _hosting(state, known, peers, limits)
        case PlainAsked() | PlainEntering() | PlainForming() | PlainChecking() | PlainLinked():
            return _plain(state, known)
        case _:
            return _bonded(state, known)


def _bonded(state: Bonded, shown: Snapshot) -> Snapshot:
    bond, link = state.bond, None
    if isinstance(state, Checking | Linked):
        link = _link_info(state.order, state.group, state.order.peer, state.since, shown.radios)
    return replace(
        shown,
        code=bond.code,
        needs_code=not bond.peer.trusted,
        purpose=bond.purpose.value,
        attempt=bond.calls if bond.lost is not None or isinstance(state, Restoring) else state.number,
        unasked=bond.unasked,
        restoring_because=bond.lost,
        link=link,
    )


def _plain(state: PlainAsked | PlainEntering | PlainForming | PlainChecking | PlainLinked, shown: Snapshot) -> Snapshot:
    """A group with a machine that does not run Nearby Tray."""
    peer = state.peer
    match state:
        case PlainAsked(request=request):
            return replace(shown, peer=peer, method=request.method, pin_wanted=request.method is Method.KEYPAD)
        case PlainEntering(tries=tries):
            return replace(shown, peer=peer, method=Method.KEYPAD, pin_wanted=True, tries_left=tries)
        case PlainForming(order=order):
            pin = order.pin if order.method is Method.DISPLAY else None
            return replace(
                shown, peer=peer, method=order.method, pin=pin, tries_left=state.tries if order.pin is not None else 0, attempt=1
            )
        case PlainChecking(order=order) | PlainLinked(order=order):
            return replace(shown, peer=peer, method=order.method, link=_link_info(order, state.group, (), state.since, shown.radios))
        case _:
            assert_never(state)


def _hosting(state: Hosting, shown: Snapshot, peers: Callable[[], tuple[Peer, ...]], limits: Limits) -> Snapshot:
    link = None
    if state.group is not None:
        link = _link_info(FormGroup(state.order.attempt, ""), state.group, (), state.since, shown.radios)
    shown = replace(
        shown,
        members=state.members,
        link=link,
        peers=peers() if state.finding is not None else (),
        failure=state.problem,
        deadline=wps.deadline(state),
    )
    if state.asking is not None:
        method, until = state.asking.request.method, state.asking.until
        wanted, began = method is Method.KEYPAD, until - limits.ask
        return replace(shown, peer=state.asking.peer, method=method, pin_wanted=wanted, deadline=until, started=began)
    if state.admitting is not None:
        admission, until = state.admitting.admission, state.admitting.until
        pin, began = admission.pin if admission.method is Method.DISPLAY else None, until - limits.admit
        return replace(shown, peer=state.admitting.peer, method=admission.method, pin=pin, deadline=until, started=began)
    return shown


def _link_info(order: FormGroup, group: Group, peer: tuple[str, ...], since: float, radios: Radios) -> LinkInfo:
    return LinkInfo(
        interface=group.interface,
        own=group.addresses,
        peer=peer,
        since=since,
        method=order.method,
        pin=order.pin is not None,
        backend=radios.abilities.backend,
        owner=group.owner,
        frequency=group.frequency,
        width=group.width,
    )
