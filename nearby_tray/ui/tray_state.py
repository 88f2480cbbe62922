"""The shape of the tray's icon, decided from the snapshot."""

from __future__ import annotations

from ..core.model import Grade, Snapshot, Stage


def state_of(snapshot: Snapshot) -> str:
    """The shape: one of `TRAY`."""
    match snapshot.stage:
        case Stage.IDLE:
            if snapshot.failure:
                return "problem"
            return "off" if snapshot.radios.trouble else "idle"
        case Stage.SEEKING:
            return "seeking"
        case Stage.ASKED | Stage.ENTERING:
            return "asked"
        case Stage.HOSTING:
            grades = [member.health.grade for member in snapshot.members if member.health is not None]
            if not grades:
                return "working" if snapshot.link is None else "seeking" if not snapshot.members else "good"
            return "problem" if Grade.LOST in grades else max(grades, key=_WORSE.index).value
        case _ if snapshot.restoring_because:
            return "restoring"
        case Stage.ASKING | Stage.MEETING | Stage.FORMING | Stage.CHECKING | Stage.ENDING:
            return "working"
        case Stage.RESTORING:
            return "restoring"
        case Stage.LINKED:
            grade = snapshot.health.grade if snapshot.health else Grade.GOOD
            return "problem" if grade is Grade.LOST else grade.value
    raise AssertionError(snapshot.stage)


_WORSE = (Grade.GOOD, Grade.FAIR, Grade.WEAK)
