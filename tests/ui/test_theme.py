"""Icons exist, differ by shape in light and dark, and the environment is prepared where it helps."""

from __future__ import annotations

import itertools
from collections.abc import MutableMapping

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nearby_tray.ui.icons import SIZES, TRAY, application_icon, icons_folder, pixmap, tray_icon
from nearby_tray.ui.text.peers import KINDS
from nearby_tray.ui.theme import our_palette, prepare_environment, tones


def mask(image: QImage) -> list[bool]:
    return [image.pixelColor(x, y).alpha() > 127 for y in range(image.height()) for x in range(image.width())]


def lightness(image: QImage) -> set[int]:
    colours = [image.pixelColor(x, y) for y in range(image.height()) for x in range(image.width())]
    return {c.lightness() for c in colours if c.alpha() == 255}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_each_state_has_a_shape_of_its_own(bot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch, dark: bool, size: int) -> None:
    monkeypatch.delenv("XDG_CURRENT_DESKTOP", raising=False)
    qapp.setPalette(our_palette(dark))
    images = {state: tray_icon(state).pixmap(size, size).toImage() for state in TRAY}
    for state, image in images.items():
        assert image.width() == size
        assert sum(mask(image)) > size * size * 0.06, state
        assert (max(lightness(image)) > 200) == dark
    for one, other in itertools.combinations(images, 2):
        differing = sum(a != b for a, b in zip(mask(images[one]), mask(images[other]), strict=True))
        # Good, fair and weak share the link and differ in their bars only.
        assert differing >= size * size * 0.012, f"{one} looks like {other} at {size}"


def test_the_panel_of_gnome_is_dark_even_in_its_light_theme(bot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "ubuntu:GNOME")
    assert max(lightness(tray_icon("idle").pixmap(48, 48).toImage())) > 200


def test_each_kind_has_its_glyph(bot: QtBot) -> None:
    for name in (*KINDS, "copy", "check", "warning", "settings", "trusted", "paired", "hint", "chevron"):
        assert not pixmap(name, "#123456", 16, 2.0).isNull()
        assert (icons_folder() / f"{name}.svg").is_file()
    pictures = {bytes(pixmap(name, "#123456", 24).toImage().constBits()) for name in KINDS}
    assert len(pictures) == len(KINDS), "no two are alike"
    assert not application_icon().isNull()


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        c = QColor(colour)
        parts = [v / 12.92 if v <= 0.03928 else float(((v + 0.055) / 1.055) ** 2.4) for v in (c.redF(), c.greenF(), c.blueF())]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_words_can_be_read(bot: QtBot, dark: bool) -> None:
    """WCAG 2 AA: 4.5 to 1."""
    t = tones(our_palette(dark))
    assert t.dark == dark
    for words, ground in (
        (t.text, t.window), (t.text, t.card), (t.dim, t.window), (t.dim, t.card), (t.dim, t.bad_wash), (t.dim, t.fair_wash),
        (t.on_accent, t.accent), (t.accent, t.card), (t.good, t.card), (t.fair, t.card), (t.bad, t.card), (t.bad, t.window),
    ):  # fmt: skip
        assert contrast(words, ground) >= 4.5, (words, ground)


@pytest.mark.parametrize(
    ("environment", "theme_after"),
    [
        ({"XDG_CURRENT_DESKTOP": "XFCE"}, "generic"),
        ({"XDG_CURRENT_DESKTOP": "ubuntu:GNOME"}, "generic"),
        ({"XDG_CURRENT_DESKTOP": "KDE"}, None),
        ({"XDG_CURRENT_DESKTOP": "GNOME", "QT_QPA_PLATFORMTHEME": "gtk3"}, "gtk3"),
        ({}, None),
    ],
)
def test_the_gtk_theme_stays_out_unless_asked_for(environment: MutableMapping[str, str], theme_after: str | None) -> None:
    prepare_environment(environment)
    assert environment.get("QT_QPA_PLATFORMTHEME") == theme_after
