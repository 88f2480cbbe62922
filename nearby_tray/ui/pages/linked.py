"""The link: how good it is, and the addresses to use."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout

from ...core.model import Health, Probe, Snapshot, Timings
from ..parts.basics import button, card, label
from ..parts.notice import Notice
from ..parts.sparkline import Sparkline
from ..parts.who import GradeMark, Who
from ..text import numbers
from ..text.links import POWER_SAVE, PROBES
from ..text.reasons import Said
from ..text.translate import listed, tr
from .addresses import AddressCard, scoped
from .details import Details
from .forming import show_unasked
from .page import Page


class LinkedPage(Page):
    def build(self) -> None:
        frame, inside = card(spacing=10)
        self._who, self._grade = Who(), GradeMark()
        self._who.side.addWidget(self._grade, 0, Qt.AlignmentFlag.AlignTop)
        inside.addWidget(self._who)
        self._unasked = label(role="dim")
        inside.addWidget(self._unasked)
        self._line = Sparkline()
        inside.addWidget(self._line)
        self._probe = label(role="dim", scale=0.92)
        inside.addWidget(self._probe)
        inside.addLayout(self._build_figures())
        self.layout_.addWidget(frame)

        self._power = Notice("fair", "hint")
        self._power.setObjectName("powerSave")
        self._power.say(Said(tr("Wi-Fi power saving"), tr(POWER_SAVE), ""))
        self._addresses, self._details = AddressCard(), Details()
        self._timings = label(role="dim", scale=0.9)
        self._timings.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._end = button(tr("&Disconnect"), self.controller.disconnect, name="disconnectButton")
        for each in (self._power, self._addresses, self._details, self._timings, self._end):
            self.layout_.addWidget(each)

    def _build_figures(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        self._figures: dict[str, QLabel] = {}
        for k, (key, words, tip) in enumerate(
            (
                ("last", tr("Round trip"), tr("The latest answer")),
                ("p50", tr("Typical"), tr("Half of the answers of the last 30 seconds were quicker (p50)")),
                ("p95", tr("Slowest"), tr("95 of 100 answers were quicker (p95)")),
                ("loss", tr("Lost"), tr("Pings of the last 30 seconds without an answer")),
                ("signal", tr("Signal"), tr("Strength of the other's Wi-Fi, as NetworkManager knows it")),
                ("traffic", tr("In / out"), tr("Bytes that came and went over this link")),
            )
        ):
            cell = QVBoxLayout()
            cell.setSpacing(0)
            figure = label(role="title", wrap=False)
            figure.setObjectName(f"figure-{key}")
            figure.setToolTip(tip)
            self._figures[key] = figure
            cell.addWidget(figure)
            cell.addWidget(label(words, "dim", wrap=False, scale=0.88))
            grid.addLayout(cell, k // 3, k % 3)
            grid.setColumnStretch(k % 3, 1)
        return grid

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._who.show_peer(snapshot.peer, verified=snapshot.verified)
        self._details.show_snapshot(snapshot)
        show_unasked(self._unasked, snapshot)
        health = snapshot.health
        self._grade.setVisible(health is not None)
        if health is not None:
            self._grade.show_grade(health.grade)
        self._show_figures(health)
        probe = health.probe if health is not None else Probe.PINGS
        self._line.setVisible(probe is not Probe.NEIGHBOUR)
        self._probe.setVisible(probe is not Probe.PINGS)
        self._probe.setText(tr("Measured with: {what}.", what=tr(PROBES[probe])))
        self._power.setVisible(health is not None and health.power_save)
        self._show_addresses(snapshot)
        self._show_timings(snapshot.timings)

    def _show_timings(self, took: Timings) -> None:
        parts = []
        if took.find is not None:
            parts.append(tr("found in {time}", time=numbers.seconds(took.find)))
        if took.form is not None:
            parts.append(tr("linked in {time}", time=numbers.seconds(took.form)))
        if took.check is not None:
            parts.append(tr("checked in {time}", time=numbers.seconds(took.check)))
        said = listed(parts)
        self._timings.setText(said[:1].upper() + said[1:])
        self._timings.setVisible(bool(parts))

    def _show_figures(self, health: Health | None) -> None:
        shown = dict.fromkeys(self._figures, "–")
        if health is not None:
            shown = {
                "last": numbers.milliseconds(health.rtt_last),
                "p50": numbers.milliseconds(health.rtt_p50),
                "p95": numbers.milliseconds(health.rtt_p95),
                "loss": numbers.share(health.loss if health.probe is not Probe.NEIGHBOUR else None),
                "signal": numbers.percent(health.signal),
                "traffic": tr("{a} / {b}", a=numbers.size(health.bytes_in), b=numbers.size(health.bytes_out))
                if health.bytes_in is not None
                else "–",
            }
            self._line.show_history(health.history)
        for key, words in shown.items():
            self._figures[key].setText(words)

    def _show_addresses(self, snapshot: Snapshot) -> None:
        link = snapshot.link
        there, here = (scoped(link.peer, link.interface), scoped(link.own, link.interface)) if link else ((), ())
        self._addresses.show_addresses((tr("Other computer"), there), (tr("This computer"), here))
