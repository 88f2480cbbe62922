"""The style sheet of the windows, which lies over Qt's own style."""

from __future__ import annotations

from PySide6.QtGui import QColor

from .icons import icons_folder
from .theme import Tones


def sheet(t: Tones) -> str:
    """The windows' style sheet. Names of roles are set with `setProperty("role", …)`."""
    check = (icons_folder() / ("check-white.svg" if QColor(t.on_accent).lightness() > 127 else "check.svg")).as_posix()
    chevron = (icons_folder() / ("chevron-white.svg" if t.dark else "chevron.svg")).as_posix()
    return f"""
    QWidget#face {{ background: {t.window}; color: {t.text}; }}
    QScrollArea, QWidget#body, QWidget#list {{ background: transparent; border: none; }}
    QScrollArea[role="reading"] {{ border: 2px solid transparent; border-radius: 8px; }}
    QScrollArea[role="reading"]:focus {{ border-color: {t.accent}; }}
    QLabel {{ color: {t.text}; background: transparent; }}
    QLabel[role="dim"] {{ color: {t.dim}; }}
    QLabel[role="error"] {{ color: {t.bad}; }}
    QLabel[role="command"] {{ background: {t.window}; border: 1px solid {t.line}; border-radius: 6px; padding: 4px 8px; }}
    QLabel[role="grade-good"] {{ color: {t.good}; font-weight: 600; }}
    QLabel[role="grade-fair"] {{ color: {t.fair}; font-weight: 600; }}
    QLabel[role="grade-bad"] {{ color: {t.bad}; font-weight: 600; }}
    QLabel[role="title"] {{ font-weight: 600; }}
    QFrame[role="card"] {{ background: {t.card}; border: 1px solid {t.line}; border-radius: 10px; }}
    QFrame[role="bad"] {{ background: {t.bad_wash}; border: 1px solid {t.bad}; border-radius: 10px; }}
    QFrame[role="fair"] {{ background: {t.fair_wash}; border: 1px solid {t.fair}; border-radius: 10px; }}
    QPushButton {{ background: {t.card}; color: {t.text}; border: 1px solid {t.line}; border-radius: 8px; padding: 6px 14px; }}
    QPushButton:hover {{ background: {t.hover}; }}
    QPushButton:pressed {{ background: {t.line}; }}
    QPushButton:focus {{ border: 2px solid {t.accent}; padding: 5px 13px; }}
    QPushButton:disabled {{ color: {t.dim}; background: transparent; }}
    QPushButton[role="primary"] {{ background: {t.accent}; color: {t.on_accent}; border: 1px solid {t.accent}; font-weight: 600; }}
    QPushButton[role="primary"]:hover, QPushButton[role="primary"]:pressed {{ background: {t.accent_hover}; }}
    QPushButton[role="primary"]:focus {{ border: 2px solid {t.text}; }}
    QPushButton[role="primary"]:disabled {{ background: {t.line}; color: {t.dim}; border-color: {t.line}; }}
    QPushButton[role="flat"], QToolButton {{ background: transparent; color: {t.text}; border: 1px solid transparent; border-radius: 6px;
        padding: 4px; }}
    QPushButton[role="flat"]:hover, QToolButton:hover {{ background: {t.hover}; border-color: {t.line}; }}
    QPushButton[role="flat"]:disabled {{ color: {t.dim}; }}
    QPushButton[role="flat"]:focus, QToolButton:focus {{ border: 1px solid {t.accent}; }}
    QPushButton[role="link"] {{ background: transparent; border: 1px solid transparent; color: {t.accent}; padding: 1px 3px; }}
    QPushButton[role="link"]:hover {{ text-decoration: underline; }}
    QPushButton[role="link"]:focus {{ border: 1px solid {t.accent}; }}
    QPushButton[role="segment"] {{ background: transparent; border: 1px solid transparent; border-radius: 7px; padding: 4px 6px;
        color: {t.dim}; }}
    QPushButton[role="segment"]:hover {{ background: {t.hover}; }}
    QPushButton[role="segment"]:checked {{ background: {t.accent}; color: {t.on_accent}; }}
    QPushButton[role="segment"]:focus {{ border: 1px solid {t.accent}; }}
    QPushButton[role="segment"]:checked:focus {{ border: 2px solid {t.text}; padding: 3px 5px; }}
    QProgressBar {{ background: {t.line}; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }}
    QProgressBar::chunk {{ background: {t.accent}; border-radius: 2px; }}
    QCheckBox {{ color: {t.text}; spacing: 8px; }}
    QCheckBox::indicator {{ width: 16px; height: 16px; border: 1px solid {t.dim}; border-radius: 4px; background: {t.field}; }}
    QCheckBox::indicator:checked {{ background: {t.accent}; border-color: {t.accent}; image: url("{check}"); }}
    QCheckBox::indicator:focus {{ border: 2px solid {t.accent}; }}
    QCheckBox::indicator:checked:focus {{ border: 2px solid {t.text}; }}
    QLineEdit {{ background: {t.field}; color: {t.text}; border: 1px solid {t.line}; border-radius: 7px; padding: 5px 8px;
        selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
    QLineEdit:focus {{ border: 2px solid {t.accent}; padding: 4px 7px; }}
    QComboBox {{ background: {t.field}; color: {t.text}; border: 1px solid {t.line}; border-radius: 7px; padding: 5px 8px; }}
    QComboBox:focus {{ border: 2px solid {t.accent}; padding: 4px 7px; }}
    QComboBox::drop-down {{ border: none; width: 26px; }}
    QComboBox::down-arrow {{ image: url("{chevron}"); width: 16px; height: 16px; }}
    QComboBox QAbstractItemView {{ background: {t.field}; color: {t.text}; border: 1px solid {t.line}; padding: 3px;
        selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 2px; }}
    QScrollBar::handle:vertical {{ background: {t.line}; border-radius: 3px; min-height: 24px; }}
    QScrollBar::handle:vertical:hover {{ background: {t.dim}; }}
    QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical {{ height: 0; }}
    QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical {{ background: transparent; }}
    QToolTip {{ background: {t.card}; color: {t.text}; border: 1px solid {t.line}; }}
    """
