"""The link's details: how it was made, how it is measured, how well a member of the hosted group is heard."""

from __future__ import annotations

from collections.abc import Mapping

from ...core.model import Health, LinkInfo, Probe
from . import numbers
from .names import clean
from .plain import NOT_VERIFIED
from .translate import alone, listed, tr

POWER_SAVE = (
    "Answers come in steps of about 100 ms: one side saves Wi-Fi power. Plug it in, or switch Wi-Fi power saving off, for quicker answers."
)

UNASKED = "Accepted without asking, because it is paired."

PROBES: Mapping[Probe, str] = {
    Probe.PINGS: "Authenticated pings of Nearby Tray",
    Probe.ECHO: "ICMP echo, which proves nothing about who answers",
    Probe.NEIGHBOUR: "The kernel's neighbour table: there or not, no times",
}

PROBE_WORDS: Mapping[Probe, str] = {Probe.PINGS: "by pings", Probe.ECHO: "by ICMP echo", Probe.NEIGHBOUR: "by the neighbour table"}


def member_figures(health: Health | None) -> str:
    """How well a member of the hosted group answers, in one line."""
    if health is None:
        return tr("Not heard of yet")
    words = [tr("Heard {how}", how=tr(PROBE_WORDS[health.probe]))]
    if health.rtt_p50 is not None:
        words += [numbers.milliseconds(health.rtt_p50), tr("{share} lost", share=numbers.share(health.loss))]
    return listed(words)


def link_details(link: LinkInfo, *, verified: bool, hosting: bool, probe: Probe | None) -> tuple[tuple[str, str], ...]:
    """How the group was made and what it is, as rows of a label and words."""
    if link.pin:
        layer = tr("Authenticated with a PIN, too") if verified else tr("Authenticated with a PIN")
    elif verified:
        layer = tr("Push button: the Wi-Fi layer itself is not authenticated; Nearby Tray's own check is")
    else:
        layer = tr("Push button: not authenticated")
    rows = [] if hosting else [(tr("Wi-Fi layer"), layer)]
    if not hosting:
        check = tr("Verified by Nearby Tray on both sides.") if verified else tr(NOT_VERIFIED)
        rows.insert(0, (tr("Other side"), check))
    if hosting or link.owner is not None:
        own = hosting or link.owner
        rows.append((tr("Group owner"), tr("This computer") if own else tr("The other computer")))
    if link.frequency is not None:
        rows.append((tr("Channel"), channel_words(link.frequency)))
    if link.width is not None:
        rows.append((tr("Width"), tr("{n} MHz", n=link.width)))
    if link.backend:
        rows.append((tr("Made with"), alone(clean(link.backend))))
    rows.append((tr("Interface"), alone(clean(link.interface))))
    if probe is not None:
        rows.append((tr("Measured with"), tr(PROBES[probe])))
    return tuple(rows)


def channel_words(frequency: int) -> str:
    """A frequency in MHz with its channel and band, as IEEE 802.11 numbers them."""
    if frequency == 2484:
        number, band = 14, "2.4"
    elif 2407 < frequency < 2484:
        number, band = (frequency - 2407) // 5, "2.4"
    elif 5000 < frequency < 5925:
        number, band = (frequency - 5000) // 5, "5"
    elif 5950 < frequency <= 7125:
        number, band = (frequency - 5950) // 5, "6"
    else:
        return tr("{n} MHz", n=frequency)
    return tr("{channel} ({frequency} MHz, {band} GHz band)", channel=number, frequency=frequency, band=band.replace(".", tr(".")))
