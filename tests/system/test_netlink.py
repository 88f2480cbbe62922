"""One request to the kernel and its answer, whatever else arrives meanwhile."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from nearby_tray.system.netlink import ACK, DUMP, HEADER, exchange

KERNEL, STRANGER = (0, 0), (4242, 0)


def message(kind: int, body: bytes) -> bytes:
    return HEADER.pack(HEADER.size + len(body), kind, 0, 1, 0) + body


DONE = message(3, bytes(4))


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bytes, tuple[int, int]]]:
    """What the socket gives, read by read."""
    said: list[tuple[bytes, tuple[int, int]]] = []

    class Socket:
        def __init__(self, *_: object) -> None: ...

        def __enter__(self) -> Socket:
            return self

        def __exit__(self, *_: object) -> None: ...

        def settimeout(self, _: float) -> None: ...

        def bind(self, _: object) -> None: ...

        def sendto(self, data: bytes, to: tuple[int, int]) -> None:
            assert to == KERNEL and HEADER.unpack_from(data)[0] == len(data)

        def recvfrom(self, _: int) -> Any:
            if not said:
                raise TimeoutError
            return said.pop(0)

    monkeypatch.setattr("nearby_tray.system.netlink.socket.socket", Socket)
    return said


def test_a_dump_comes_in_parts_and_ends_with_done(kernel: list[Any]) -> None:
    kernel += [(message(20, b"one.") + message(20, b"two."), KERNEL), (message(20, b"more"), KERNEL), (DONE, KERNEL), (b"later", KERNEL)]
    assert exchange(0, 22, b"", DUMP) == [b"one.", b"two.", b"more"]
    assert len(kernel) == 1


def test_what_another_process_sends_is_no_answer(kernel: list[Any]) -> None:
    kernel += [(message(20, b"lies"), STRANGER), (message(20, b"true"), KERNEL), (DONE, KERNEL)]
    assert exchange(0, 22, b"", DUMP) == [b"true"]


def test_a_question_for_one_thing_ends_with_its_answer(kernel: list[Any]) -> None:
    kernel += [(message(16, b"it"), KERNEL)]
    assert exchange(16, 16, b"") == [b"it"]


def test_an_order_ends_with_its_acknowledgement(kernel: list[Any]) -> None:
    kernel += [(message(2, struct.pack("=i", 0)), KERNEL)]
    assert exchange(0, 20, b"", ACK) == []


@pytest.mark.parametrize(("code", "error"), [(1, PermissionError), (2, FileNotFoundError)])
def test_an_error_of_the_kernel_is_raised(kernel: list[Any], code: int, error: type[OSError]) -> None:
    kernel += [(message(2, struct.pack("=i", -code)), KERNEL)]
    with pytest.raises(error):
        exchange(0, 20, b"", ACK)


def test_a_kernel_that_says_nothing_or_nonsense_is_not_waited_for(kernel: list[Any]) -> None:
    kernel += [(message(20, b"cut off")[:-3], KERNEL), (b"", KERNEL)]
    with pytest.raises(TimeoutError):
        exchange(0, 22, b"", DUMP)


def test_an_answer_without_end_is_cut(kernel: list[Any]) -> None:
    kernel += [(message(20, b"more") * 3, KERNEL)] * 4
    assert len(exchange(0, 22, b"", DUMP, most=5)) == 5
