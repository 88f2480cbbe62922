"""The platform theme, chosen before Qt starts, and colours: from the palette in force, or our own where the platform has none.

Qt's GTK theme doubles the memory of the program (44 → 92 MiB measured). On GTK desktops the generic one is used, and `look.py` asks the
desktop portal for what the GTK theme would have told; the portal answers later or not at all.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from typing import NamedTuple

from PySide6.QtGui import QColor, QPalette

_GTK_DESKTOPS = {"gnome", "unity", "xfce", "x-cinnamon", "cinnamon", "mate", "budgie", "pantheon", "lxde", "ubuntu", "pop"}


def desktops(environment: MutableMapping[str, str]) -> set[str]:
    return {part.strip().lower() for part in environment.get("XDG_CURRENT_DESKTOP", "").split(":") if part.strip()}


def prepare_environment(environment: MutableMapping[str, str] = os.environ) -> None:
    """Keep the GTK platform theme out, unless the user has chosen a theme. To be called before QApplication is made."""
    if "QT_QPA_PLATFORMTHEME" not in environment and desktops(environment) & _GTK_DESKTOPS:
        environment["QT_QPA_PLATFORMTHEME"] = "generic"


class Tones(NamedTuple):
    """The colours of the windows, all from one palette, so that any desktop's light or dark theme fits."""

    dark: bool
    window: str
    card: str
    field: str
    line: str
    hover: str
    text: str
    dim: str
    accent: str
    accent_hover: str
    on_accent: str
    good: str
    fair: str
    bad: str
    bad_wash: str
    fair_wash: str


def _mix(one: QColor, other: QColor, share: float) -> QColor:
    return QColor.fromRgbF(
        one.redF() + (other.redF() - one.redF()) * share,
        one.greenF() + (other.greenF() - one.greenF()) * share,
        one.blueF() + (other.blueF() - one.blueF()) * share,
    )


def is_dark(palette: QPalette) -> bool:
    return palette.color(QPalette.ColorRole.Window).lightness() < palette.color(QPalette.ColorRole.WindowText).lightness()


def tones(palette: QPalette) -> Tones:
    window, text = palette.color(QPalette.ColorRole.Window), palette.color(QPalette.ColorRole.WindowText)
    accent, on_accent = palette.color(QPalette.ColorRole.Highlight), palette.color(QPalette.ColorRole.HighlightedText)
    dark = is_dark(palette)
    good, fair, bad = (QColor(c) for c in (("#57cc7d", "#e8b84a", "#ff8278") if dark else ("#1b7a39", "#8a5a00", "#c0271d")))
    card = _mix(window, text, 0.06) if dark else palette.color(QPalette.ColorRole.Base)
    return Tones(
        dark=dark,
        window=window.name(),
        card=card.name(),
        field=palette.color(QPalette.ColorRole.Base).name(),
        line=_mix(window, text, 0.16).name(),
        hover=_mix(card, text, 0.07).name(),
        text=text.name(),
        dim=_mix(text, window, 0.32).name(),
        accent=accent.name(),
        accent_hover=_mix(accent, text, 0.12).name(),
        on_accent=on_accent.name(),
        good=good.name(),
        fair=fair.name(),
        bad=bad.name(),
        bad_wash=_mix(window, QColor("#ff4a3d"), 0.12 if dark else 0.09).name(),
        fair_wash=_mix(window, QColor("#ffb020"), 0.11 if dark else 0.14).name(),
    )


def our_palette(dark: bool) -> QPalette:
    """A palette for platforms that have none."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    if dark:
        window, base, text, accent, on_accent = "#242428", "#1c1c20", "#f2f2f4", "#78aeff", "#0d1b33"
    else:
        window, base, text, accent, on_accent = "#f4f5f7", "#ffffff", "#1f2328", "#2b62d9", "#ffffff"
    button = _mix(QColor(window), QColor(text), 0.06)
    palette = QPalette(button, QColor(window))
    for one, colour in (
        (role.Window, window), (role.WindowText, text), (role.Base, base), (role.AlternateBase, window), (role.Text, text),
        (role.Button, button.name()), (role.ButtonText, text), (role.ToolTipBase, base), (role.ToolTipText, text),
        (role.Highlight, accent), (role.HighlightedText, on_accent), (role.Link, accent), (role.Accent, accent),
    ):  # fmt: skip
        palette.setColor(one, QColor(colour))
    faint = _mix(QColor(text), QColor(window), 0.55)
    palette.setColor(role.PlaceholderText, faint)
    for one in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(group.Disabled, one, faint)
    return palette
