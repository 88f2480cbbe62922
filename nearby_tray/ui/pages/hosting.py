"""A hosted group: who is in it and how well each is heard, who is coming, whom to invite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from ...core.model import Member, Peer, Snapshot
from ..parts.basics import button, card, column, empty, label, row
from ..parts.countdown import Countdown
from ..parts.notice import Notice
from ..parts.steps import Step
from ..parts.who import GradeMark, Who
from ..text.links import member_figures
from ..text.names import clean
from ..text.plain import PHONE
from ..text.translate import tr
from .addresses import AddressCard, AddressRow, scoped
from .details import Details
from .page import Page, show_failure
from .peer_list import PeerList
from .pin import ShownPin


class HostingPage(Page):
    def build(self) -> None:
        self._problem = Notice("bad", "warning")
        self._problem.setObjectName("failure")
        self._problem.inside.addSpacing(4)
        self._problem.inside.addLayout(row(button(tr("&Dismiss"), self.controller.dismiss, role="flat", name="dismissButton"), 1))
        self._starting, inside = card(spacing=10)
        self._step = Step(tr("Starting a group"))
        inside.addWidget(self._step)
        self._coming, self._empty = self._build_coming(), self._build_empty()
        self._members = QWidget()
        self._members.setObjectName("members")
        self._members.setAccessibleName(tr("Members of the group"))
        self._rows_layout = column(self._members, spacing=8)
        self._rows: dict[str, MemberRow] = {}
        self._invite = button(tr("&Invite…"), self.controller.seek, name="inviteButton")
        self._left = Countdown()
        self._list = PeerList(tr("Looking for machines nearby.\n{what}", what=tr(PHONE)), self._ask_in)
        self._snapshot = Snapshot()
        self._list.let_go.connect(self._draw)
        self._addresses, self._details = AddressCard(), Details()
        end = button(tr("End the &group"), self.controller.disconnect, name="endGroupButton")
        for each in (self._problem, self._starting, self._coming, self._empty, self._members, self._invite, self._left, self._list):
            self.layout_.addWidget(each)
        for each in (self._addresses, self._details, end):
            self.layout_.addWidget(each)

    def _build_coming(self) -> QFrame:
        frame, inside = card(spacing=8)
        self._who, self._pin, self._what, self._countdown = Who(), ShownPin(self.doors.question), label(role="dim"), Countdown()
        for each in (self._who, self._pin, self._what, self._countdown):
            inside.addWidget(each)
        inside.addLayout(row(1, button(tr("&Do not let it in"), lambda: self.controller.decline(), name="keepOutButton")))
        return frame

    def _build_empty(self) -> QFrame:
        frame, inside = card()
        nobody = label(tr("Nobody has joined yet.\n{what}", what=tr("On the phone, open Wi-Fi Direct and choose this computer.")), "dim")
        nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        nobody.setMinimumHeight(64)
        inside.addWidget(nobody)
        return frame

    @property
    def held(self) -> bool:
        return self._list.held

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        up, coming = snapshot.link is not None, snapshot.peer
        inside = {member.peer.id for member in snapshot.members} | {member.peer.address for member in snapshot.members}
        others = tuple(peer for peer in snapshot.peers if peer.id not in inside and peer.address not in inside and peer.address)
        # A snapshot has no peers before the first is found; its deadline says that peers are looked for.
        finding = up and coming is None and (bool(snapshot.peers) or snapshot.deadline is not None)
        if finding and self._list.held:
            # A member or a notice more above the list would push it away from under the pointer: they come when that has left.
            self._list.show_peers(others)
            return
        show_failure(self._problem, snapshot.failure, None)
        self._starting.setVisible(not up)
        self._step.show_step("done" if up else "going", tr("Starting a group"))
        self._show_coming(snapshot)
        self._empty.setVisible(up and not snapshot.members and coming is None)
        self._show_members(snapshot)
        self._left.follow(snapshot if finding else replace(snapshot, deadline=None))
        self._list.setVisible(finding)
        self._list.show_peers(others if finding else ())
        self._invite.setVisible(up and not finding)
        self._invite.setEnabled(coming is None)
        link = snapshot.link
        own = scoped(link.own, link.interface) if link is not None else ()
        self._addresses.show_addresses((tr("This computer"), own))
        self._details.show_snapshot(snapshot)

    def _show_coming(self, snapshot: Snapshot) -> None:
        coming = snapshot.peer
        self._coming.setVisible(coming is not None)
        if coming is not None:
            self._who.show_peer(coming, verified=snapshot.verified)
            self._pin.show_snapshot(snapshot)
            self._what.setVisible(snapshot.pin is None)
            self._what.setText(tr("It may join now. {what}", what=tr(PHONE)))
            self._countdown.follow(snapshot)

    def _draw(self) -> None:
        self.show_snapshot(self._snapshot)

    def _show_members(self, snapshot: Snapshot) -> None:
        here = {member.peer.address or member.peer.id: member for member in snapshot.members}
        for key in [key for key in self._rows if key not in here]:
            gone = self._rows.pop(key)
            self._rows_layout.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        interface = snapshot.link.interface if snapshot.link is not None else ""
        for key, member in here.items():
            if key not in self._rows:
                self._rows[key] = row_ = MemberRow(lambda address=member.peer.address: self.controller.expel(address))  # type: ignore[misc]
                self._rows_layout.addWidget(row_)
                row_.show()
            self._rows[key].show_member(member, interface)
        self._members.setVisible(bool(here))

    def _ask_in(self, peer: Peer) -> None:
        self.controller.invite(peer.id)


class MemberRow(QFrame):
    """A member of the hosted group."""

    def __init__(self, expel: Callable[[], None]) -> None:
        super().__init__()
        self.setProperty("role", "card")
        inside = column(self, spacing=6)
        inside.setContentsMargins(14, 10, 8, 10)
        self._who, self._grade = Who(), GradeMark()
        self._who.side.addWidget(self._grade, 0, Qt.AlignmentFlag.AlignTop)
        inside.addWidget(self._who)
        self._figures = label(role="dim", scale=0.92)
        self._out = button(tr("Disconnect"), expel, role="link", name="expelButton")
        line = row(self._figures, self._out)
        line.setStretch(0, 1)
        inside.addLayout(line)
        self._addresses = QVBoxLayout()
        self._addresses.setSpacing(2)
        inside.addLayout(self._addresses)
        self._shown: tuple[str, ...] = ()

    def show_member(self, member: Member, interface: str) -> None:
        health = member.health
        self._who.show_peer(member.peer, verified=False)
        self._grade.show_grade(health.grade if health is not None else None)
        self._figures.setText(member_figures(health))
        self._out.setAccessibleName(tr("Disconnect {peer}", peer=clean(member.peer.name)))
        addresses = scoped(member.addresses, interface)
        if addresses != self._shown:
            self._shown = addresses
            empty(self._addresses)
            for address in addresses:
                self._addresses.addWidget(AddressRow(address, clean(member.peer.name)))
