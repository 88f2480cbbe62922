"""Messages in frames: the protocol carries a message over Bluetooth in pieces that fit into one write or notification.

Whatever frames another machine sends, an `Assembly` answers with a value, never with an exception, and keeps no more memory than the
limits below allow.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from .wire import CHANNEL_SIZE, MESSAGE_LIMIT

MESSAGE_SECONDS = 5.0  # from its first frame to its last
CHANNEL_LIMIT = 8
CHANNELS_EACH = 2  # of one connection

_FRAME_HEADER = CHANNEL_SIZE + 2


# spec: 2.1
def split(channel: bytes, message: bytes, room: int) -> list[bytes]:
    """The frames of one message on one channel, each at most `room` bytes long.

    A message that is empty or too long, or needs more than the 256 frames that an index can count, is our own mistake: `ValueError`.
    """
    step = room - _FRAME_HEADER
    if len(channel) != CHANNEL_SIZE or not 0 < len(message) <= MESSAGE_LIMIT or len(message) > 256 * step:
        raise ValueError(f"cannot frame a message of {len(message)} bytes with {room} bytes for each frame")
    parts = range(0, len(message), step)
    return [channel + bytes((index, index == len(parts) - 1)) + message[start : start + step] for index, start in enumerate(parts)]


@dataclass(frozen=True, slots=True)
class Joined:
    """A whole message has arrived on a channel; nothing of it is checked yet."""

    channel: bytes
    message: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Broken:
    """A channel broke the rules of frames, or had to make room. It has ended; the other channels go on."""

    channel: bytes
    why: str


@dataclass(slots=True)
class _Channel:
    origin: str
    parts: list[bytes] = field(default_factory=list)
    size: int = 0
    due: float | None = None  # when the message that has begun must be whole
    whole: bool = False  # a message has come
    kept: bool = False


# spec: 2.2, 2.3, 2.4, 2.5
class Assembly:
    """Joins frames to messages, for the channels of one side, within the limits of the protocol.

    A channel belongs to the connection (`origin`) that said its first frame: frames of it from another one are ignored, so that nobody
    can break or speak on the channel of somebody else. It lives until it breaks, is forgotten, or has to make room. A connection has at
    most two of its own; when a ninth begins in all, the one that goes is one of whoever has most, first such as have said no whole message,
    the longest silent of them. One that is kept takes no room and is never dropped for it. What ended stays ended: late frames of it are
    ignored, not taken for a new channel.
    """

    __slots__ = ("_channels", "_dropped", "_ended")

    def __init__(self) -> None:
        self._channels: dict[bytes, _Channel] = {}  # the longest silent first
        self._ended: dict[bytes, None] = {}  # the last few that ended, oldest first
        self._dropped: list[tuple[float, Broken]] = []  # for room, not yet reported

    def keep(self, channel: bytes, origin: str) -> None:
        """Never drop this channel for room: we chose it, or our user did. Begins it when it is new."""
        found = self._channels.get(channel)
        if found is None:
            self._ended.pop(channel, None)
            found = self._channels[channel] = _Channel(origin)
        found.kept = True

    def feed(self, frame: bytes, now: float, origin: str) -> Joined | Broken | None:
        """Take one frame. A message when it is the last of one, `Broken` when its channel has ended by it, otherwise `None`.

        A frame too short to name a channel is nobody's and ignored. Another channel that was dropped to make room is reported by the next
        `expire`, for which `deadline` is then already due.
        """
        channel = bytes(frame[:CHANNEL_SIZE])
        if len(channel) < CHANNEL_SIZE or channel in self._ended:
            return None
        state = self._channels.get(channel) or _Channel(origin)
        if state.origin != origin:
            return None
        if len(frame) < _FRAME_HEADER:
            return self._end(channel, "a frame without its header")
        index, last = frame[CHANNEL_SIZE], frame[CHANNEL_SIZE + 1]
        part = bytes(frame[_FRAME_HEADER:])
        if state.due is not None and now >= state.due:
            return self._end(channel, "a message took too long")
        if last > 1 or index != len(state.parts):
            return self._end(channel, "a frame out of order")
        if state.size + len(part) > MESSAGE_LIMIT:
            return self._end(channel, "a message is too long")
        if self._channels.pop(channel, None) is None and not self._make_room(origin, now):
            return None
        self._channels[channel] = state  # at the end: the least silent
        if last:
            message = b"".join((*state.parts, part)) if state.parts else part
            state.parts, state.size, state.due, state.whole = [], 0, None, True
            return Joined(channel, message)
        state.parts.append(part)
        state.size += len(part)
        if state.due is None:
            state.due = now + MESSAGE_SECONDS
        return None

    def forget(self, channel: bytes) -> None:
        """End a channel; frames of it that come late are ignored."""
        self._end(channel, "")

    def expire(self, now: float) -> list[Broken]:
        """The channels that have ended without a frame of theirs: dropped for room, or with a message not whole in time."""
        broken = [dropped for _, dropped in self._dropped]
        self._dropped.clear()
        late = [channel for channel, state in self._channels.items() if state.due is not None and now >= state.due]
        return broken + [self._end(channel, "a message took too long") for channel in late]

    def deadline(self) -> float | None:
        """When `expire` has something to report, unless frames come before; `None`: not by itself."""
        if self._dropped:
            return self._dropped[0][0]
        return min((state.due for state in self._channels.values() if state.due is not None), default=None)

    def _make_room(self, origin: str, now: float) -> bool:
        """Whether `origin` may begin one more channel, if need be by dropping one that is not kept."""
        count = Counter(state.origin for state in self._channels.values() if not state.kept)
        if count[origin] >= CHANNELS_EACH:
            return False
        if count.total() < CHANNEL_LIMIT:
            return True
        loose = [channel for channel, state in self._channels.items() if not state.kept]
        unfinished = [channel for channel in loose if not self._channels[channel].whole]
        loose = unfinished or [channel for channel in loose if count[self._channels[channel].origin] > 1]
        if not loose:
            return False
        silent = max(loose, key=lambda channel: count[self._channels[channel].origin])  # the first of them: the longest silent
        self._dropped.append((now, self._end(silent, "dropped for a newer channel")))
        return True

    def _end(self, channel: bytes, why: str) -> Broken:
        self._channels.pop(channel, None)
        self._ended[channel] = None
        if len(self._ended) > 4 * CHANNEL_LIMIT:
            del self._ended[next(iter(self._ended))]
        return Broken(channel, why)
