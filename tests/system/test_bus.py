"""The bus seam keeps its promises: values, typed errors, limits, believed senders, and a life after the daemon's death."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nearby_tray.system.bus import (
    Bus,
    BusError,
    BusGone,
    BusTimeout,
    DBusError,
    PropertyAccess,
    ServiceInterface,
    Signal,
    Supervised,
    Variant,
    dbus_property,
    library,
    method,
    plain,
    signal,
)
from nearby_tray.system.bus.incoming import Header

from .raw_bus import (
    CALL,
    DESCRIPTORS,
    DESTINATION,
    ERROR,
    ERROR_NAME,
    REPLY_SERIAL,
    RETURN,
    SIGNAL,
    SIGNATURE,
    Raw,
    fields,
    message,
    string,
    variants,
)

NAME = "org.example.Echo"
PATH = "/org/example/Echo"


class Echo(ServiceInterface):
    def __init__(self) -> None:
        super().__init__(NAME)
        self.level = 7
        self.running = 0
        self.most = 0
        self.release = asyncio.Event()

    @method("Echo", takes="v", gives="v")
    def echo(self, value: Variant) -> Variant:
        return value

    @method("Tell", takes="s")
    def tell(self, word: str) -> None:
        pass

    @method("Pair", gives="(us)")
    def pair(self) -> list[object]:
        return [3, "three"]

    @method("Fail")
    def fail(self) -> None:
        raise DBusError("org.example.Error.No", "not today")

    @method("FailLater")
    async def fail_later(self) -> None:
        raise DBusError("org.example.Error.Later", "not tomorrow")

    @method("Break")
    def broken(self) -> None:
        raise RuntimeError("the secret of the house")

    @method("Wait")
    async def wait(self) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        await self.release.wait()
        self.running -= 1

    @signal("Said", gives="s")
    def said(self, word: str) -> str:
        return word

    @dbus_property(PropertyAccess.READWRITE, "Level", gives="i")
    def get_level(self) -> int:
        return self.level

    @get_level.setter  # type: ignore[untyped-decorator]
    def set_level(self, value: int) -> None:
        self.level = value


async def served() -> tuple[Bus, Echo, Bus]:
    server, client = await Bus.connect("system"), await Bus.connect("session")
    echo = Echo()
    server.export(PATH, echo)
    assert await server.request_name(NAME)
    return server, echo, client


async def call(bus: Bus, member: str, signature: str = "", *body: object, timeout: float = 30.0) -> list[object]:
    return await bus.call(NAME, PATH, NAME, member, signature, *body, timeout=timeout)


Run = Callable[[Any], Any]
Until = Callable[..., Any]


def test_plain_unwraps_at_any_depth() -> None:
    nested = {"a": Variant("av", [Variant("(us)", [1, "x"])]), "b": Variant("ay", b"\x00\x01")}
    assert plain(nested) == {"a": [[1, "x"]], "b": b"\x00\x01"}
    assert plain((1, (2, 3))) == [1, [2, 3]]


def test_a_call_returns_plain_values_and_properties(daemon: Any, run: Run) -> None:
    async def main() -> None:
        server, echo, client = await served()
        assert await call(client, "Echo", "v", Variant("a{sv}", {"x": Variant("u", 5)})) == [{"x": 5}]
        assert await call(client, "Pair") == [[3, "three"]]
        assert await client.get(NAME, PATH, NAME, "Level") == 7
        await client.set(NAME, PATH, NAME, "Level", Variant("i", 9))
        assert echo.level == 9
        assert await client.get_all(NAME, PATH, NAME) == {"Level": 9}
        await server.close()
        await client.close()

    run(main())


@pytest.mark.logs("org.example.Echo.Break failed")
def test_errors_are_typed_and_bugs_are_not_told_to_strangers(daemon: Any, run: Run, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        server, _, client = await served()
        for member, name, text in [("Fail", "org.example.Error.No", "not today"), ("FailLater", "org.example.Error.Later", "not tomorrow")]:
            with pytest.raises(BusError) as caught:
                await call(client, member)
            assert (caught.value.name, caught.value.text) == (name, text)
        assert not caplog.records
        with pytest.raises(BusError) as caught:
            await call(client, "Break")
        assert "secret" not in caught.value.text
        assert "the secret of the house" in caplog.text
        caplog.clear()
        with pytest.raises(BusError) as caught:
            await client.call("org.example.Nobody", PATH, NAME, "Echo")
        assert caught.value.name == "org.freedesktop.DBus.Error.ServiceUnknown"
        with pytest.raises(ValueError, match="NUL"):
            await call(client, "Echo", "v", Variant("s", "a\0b"))
        gives: list[Any] = ["", "relative", "/a/", "/a b", None, 7, ["/a"]]
        for path in gives:  # as a daemon may
            for work in (call(client, "Echo", "o", path), client.get(NAME, path, NAME, "Any")):
                with pytest.raises(BusError) as caught:
                    await work
                assert caught.value.name == "org.freedesktop.DBus.Error.UnknownObject"
        assert client.unique_name.startswith(":")
        await server.close()
        await client.close()

    run(main())


def test_a_call_that_nobody_answers_ends_at_its_limit(daemon: Any, run: Run) -> None:
    async def main() -> None:
        server, echo, client = await served()
        with pytest.raises(BusTimeout):
            await call(client, "Wait", timeout=0.05)
        echo.release.set()
        assert await call(client, "Pair") == [[3, "three"]]  # the late answer harms nobody
        await server.close()
        await client.close()

    run(main())


def test_a_burst_of_calls_is_queued_and_a_burst_of_signals_arrives_whole(daemon: Any, run: Run, until: Until) -> None:
    async def main() -> None:
        server, echo, client = await served()
        calls = [asyncio.create_task(call(client, "Wait")) for _ in range(100)]
        await until(lambda: echo.running == 32)
        echo.release.set()
        await asyncio.gather(*calls)
        assert echo.most == 32
        heard: list[Signal] = []
        await client.subscribe(heard.append, sender=NAME, member="Said")
        for number in range(3000):
            echo.said(f"{number} " + "x" * 500)
        await until(lambda: len(heard) == 3000)
        assert [str(signal.body[0]).split()[0] for signal in heard] == [str(number) for number in range(3000)]
        await server.close()
        await client.close()

    run(main())


def test_signals_are_believed_only_from_the_owner_of_the_name(daemon: Any, run: Run, until: Until) -> None:
    async def main() -> None:
        server, echo, client = await served()
        liar = await Bus.connect("system")
        fake = Echo()
        liar.export(PATH, fake)
        heard: list[object] = []
        everything: list[object] = []
        chosen: list[object] = []
        await client.subscribe(lambda s: chosen.append(s.body[0]), interface=NAME, arg0="new truth")
        subscription = await client.subscribe(lambda s: heard.append(s.body[0]), sender=NAME, path_namespace="/org/example", member="Said")
        await client.subscribe(lambda s: everything.append(s.body[0]), interface=NAME)
        fake.said("lie")
        echo.said("truth")
        await until(lambda: len(everything) == 2)
        assert heard == ["truth"]

        owners: list[str | None] = []
        await client.watch_name(NAME, owners.append)
        assert owners == [server.unique_name]
        await server.release_name(NAME)
        assert await liar.request_name(NAME)
        await until(lambda: len(owners) == 3)
        assert owners == [server.unique_name, None, liar.unique_name]
        echo.said("old truth")
        fake.said("new truth")
        await until(lambda: len(everything) == 4)
        assert heard == ["truth", "new truth"]
        assert chosen == ["new truth"]
        assert await client.name_owner(NAME) == liar.unique_name
        assert await client.name_owner("org.example.Nobody") is None

        subscription.cancel()
        subscription.cancel()
        fake.said("unheard")
        await until(lambda: len(everything) == 5)
        assert heard == ["truth", "new truth"]
        for bus in (liar, server, client):
            await bus.close()

    run(main())


@pytest.mark.logs("handler of org.example.Echo.Said failed")
def test_a_handler_that_fails_is_logged_and_harms_nobody(daemon: Any, run: Run, until: Until, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        server, echo, client = await served()
        heard: list[Signal] = []

        def broken(_signal: Signal) -> None:
            raise RuntimeError("oh")

        await client.subscribe(broken, sender=NAME)
        await client.subscribe(heard.append, sender=NAME)
        echo.said("one")
        echo.said("two")
        await until(lambda: len(heard) == 2)
        assert caplog.text.count("RuntimeError: oh") == 2
        caplog.clear()
        await server.close()
        await client.close()

    run(main())


def test_a_guarded_object_answers_only_its_owner(daemon: Any, run: Run) -> None:
    async def main() -> None:
        server, _, client = await served()
        friend = await Bus.connect("system")
        await friend.request_name("org.example.Friend")
        guard = await server.guard("/org/example", "org.example.Friend")
        with pytest.raises(BusError, match="AccessDenied"):
            await call(client, "Pair")
        with pytest.raises(BusError, match="AccessDenied"):
            await client.set(NAME, PATH, NAME, "Level", Variant("i", 1))
        assert await call(friend, "Pair") == [[3, "three"]]
        guard.cancel()
        assert await call(client, "Pair") == [[3, "three"]]
        server.unexport(PATH)
        with pytest.raises(BusError):
            await call(client, "Pair")
        for bus in (friend, server, client):
            await bus.close()

    run(main())


def test_a_name_that_is_taken_is_not_given(daemon: Any, run: Run) -> None:
    async def main() -> None:
        one, two = await Bus.connect("session"), await Bus.connect("session")
        assert await one.request_name("org.example.Only")
        assert await one.request_name("org.example.Only")
        assert not await two.request_name("org.example.Only")
        await one.close()
        await two.close()

    run(main())


def test_the_death_of_the_daemon_ends_every_call(daemon: Any, run: Run, until: Until) -> None:
    async def main() -> None:
        server, echo, client = await served()
        subscription = await client.subscribe(lambda _signal: None, sender=NAME)
        waiting = asyncio.create_task(call(client, "Wait"))
        await until(lambda: echo.running == 1)
        daemon.stop()
        with pytest.raises(BusGone):
            await waiting
        await client.wait_gone()
        await server.wait_gone()
        with pytest.raises(BusGone):
            await call(client, "Pair")
        with pytest.raises(BusGone):
            server.export("/other", Echo())
        server.unexport(PATH)
        subscription.cancel()
        echo.release.set()
        await server.close()
        await client.close()
        with pytest.raises(BusGone):
            await Bus.connect("system")

    run(main())


def test_our_own_leaving_ends_a_pending_call_too(daemon: Any, run: Run, until: Until) -> None:
    async def main() -> None:
        server, echo, client = await served()
        waiting = asyncio.create_task(call(client, "Wait"))
        await until(lambda: echo.running == 1)
        await client.close()
        with pytest.raises(BusGone):
            await waiting
        assert client.gone.is_set()
        echo.release.set()
        await server.close()

    run(main())


def test_a_daemon_that_hangs_up_while_authenticating_is_no_bus(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "s"

    async def main() -> None:
        async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()

        async with await asyncio.start_unix_server(hang_up, os.fspath(path)):
            with pytest.raises(BusGone):
                await Bus.connect(f"unix:path={path}")

    run(main())
    with socket.socket(socket.AF_UNIX) as nobody, pytest.raises(OSError):
        nobody.connect(os.fspath(path) + "gone")


@pytest.mark.parametrize("address", ["", "nonsense", "unix:path=/nowhere/at/all", "unix:", "tcp:host=", "autolaunch:"])
def test_a_bad_address_is_no_bus(run: Run, address: str) -> None:
    async def main() -> None:
        with pytest.raises(BusGone):
            await Bus.connect(address)

    run(main())


@pytest.mark.logs("setting up on the system bus failed")
def test_the_supervisor_makes_a_new_connection_after_each_loss(
    daemon: Any, run: Run, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    async def main() -> None:
        seen: list[str] = []
        failures = [BusError("org.example.Error.Early", "too early")]

        async def up(bus: Bus) -> None:
            assert bus.unique_name
            if failures:
                seen.append("half way")
                raise failures.pop()
            seen.append("up")

        supervised = Supervised("system", up, lambda: seen.append("down"), on_absent=lambda: seen.append("absent"), first_pause=0.001)
        task = asyncio.create_task(supervised.run())
        await until(lambda: "up" in seen)
        assert seen == ["half way", "down", "up"]
        daemon.stop()
        await until(lambda: "absent" in seen)
        daemon.start()
        await until(lambda: seen.count("up") == 2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [word for word in seen if word != "absent"] == ["half way", "down", "up", "down", "up", "down"]

    run(main())
    caplog.clear()


def test_a_bus_that_is_not_there_is_said_once_by_all_and_again_when_it_went_anew(
    daemon: Any, run: Run, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        absent, ups = [0] * 4, [0] * 4

        async def up(number: int) -> None:
            ups[number] += 1

        def is_absent(number: int) -> None:
            absent[number] += 1

        daemon.stop()
        supervised = [
            Supervised("system", lambda _, n=n: up(n), lambda: None, on_absent=lambda n=n: is_absent(n), first_pause=0.001)  # type: ignore[misc]
            for n in range(4)
        ]
        tasks = [asyncio.create_task(one.run()) for one in supervised]
        for _ in range(2):
            caplog.clear()
            caplog.set_level(logging.INFO)
            before = list(absent)
            await until(lambda before=before: all(now >= then + 3 for now, then in zip(absent, before, strict=True)))
            assert len([record for record in caplog.records if "next try" in record.message]) == 1
            ups[:] = [0] * 4
            daemon.start()
            await until(lambda: all(ups))
            daemon.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    run(main())


@pytest.mark.logs("setting up on the system bus failed: org.example.Error.Never: no")
def test_a_set_up_that_fails_alike_is_said_once(daemon: Any, run: Run, until: Until, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        tries = 0

        async def up(bus: Bus) -> None:
            nonlocal tries
            tries += 1
            raise BusError("org.example.Error.Never", "no")

        task = asyncio.create_task(Supervised("system", up, lambda: None, first_pause=0.001).run())
        await until(lambda: tries >= 4)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert len([record for record in caplog.records if record.levelno >= logging.WARNING]) == 1

    run(main())


# --- what is never parsed ----------------------------------------------------------------------------------------------------

OTHER = "/org/example/Other"


def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The members of all messages whose bodies are parsed from now on."""
    seen: list[str] = []
    real = library._message

    def spy(header: Header, body: bytes, descriptors: list[int]) -> Any:
        seen.append(header.member or header.error_name or "reply")
        return real(header, body, descriptors)

    monkeypatch.setattr(library, "_message", spy)
    return seen


def strangers(target: str) -> dict[str, bytes]:
    """What any program may send to a connection that has subscribed to `Echo`'s signals and guards `OTHER`."""
    costly = variants(2000)

    def signed(path: str, interface: str, member: str) -> bytes:
        return message(SIGNAL, fields(path, interface, member, target, "av"), costly)

    def asked(path: str, member: str, signature: str = "av", body: bytes = costly, interface: str = NAME, flags: int = 0) -> bytes:
        return message(CALL, fields(path, interface, member, target, signature), body, flags=flags)

    back = [(DESTINATION, "s", target), (SIGNATURE, "g", "av")]
    long = string("x" * 100_000)
    return {
        "a signal that nobody subscribed to": signed("/x", "x.y", "Z"),
        "a signal like one that somebody subscribed to": signed(PATH, NAME, "Said"),
        "a signal without a member that is known": signed(PATH, NAME, "Unsaid"),
        "an answer to nothing": message(RETURN, [*back, (REPLY_SERIAL, "u", 99_999)], costly),
        "an error to nothing": message(ERROR, [*back, (REPLY_SERIAL, "u", 99_999), (ERROR_NAME, "s", "a.b")], costly),
        "a call to what is guarded": asked(OTHER, "Echo"),
        "a call below what is guarded": asked(f"{OTHER}/below", "GetAll", interface="org.freedesktop.DBus.Properties"),
        "a call to what is not there": asked("/nowhere", "Echo"),
        "a call with another signature": asked(PATH, "Pair"),
        "a call that wants no answer": asked(PATH, "Pair", flags=1),
        "a call that is too long": asked(PATH, "Tell", "s", long),
        "a property, with another signature": asked(PATH, "Set", interface="org.freedesktop.DBus.Properties"),
        "all objects": asked("/", "GetManagedObjects", interface="org.freedesktop.DBus.ObjectManager"),
        "what is there, with a body": asked(PATH, "Introspect", interface="org.freedesktop.DBus.Introspectable"),
        "a header that is too long": message(SIGNAL, fields("/a" * 9000, NAME, "Said", target, "av"), costly),
        "a type that nobody knows": message(9, fields(PATH, NAME, "Said", target, "av"), costly),
    }


@pytest.mark.parametrize("what", strangers("x"))
def test_what_a_stranger_sends_is_not_parsed(daemon: Any, run: Run, until: Until, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    async def main() -> None:
        server, echo, client = await served()
        heard: list[Signal] = []
        await client.subscribe(heard.append, sender=NAME, path=PATH, interface=NAME, member="Said")
        other = Echo()
        client.export(PATH, other)
        client.export(OTHER, other)
        guard = await client.guard(OTHER, NAME)
        raw = await asyncio.to_thread(Raw, daemon.address)
        waiting = asyncio.create_task(call(client, "Wait"))
        await until(lambda: echo.running == 1)
        seen = parsed(monkeypatch)
        data = strangers(client.unique_name)[what]
        await asyncio.to_thread(raw.send, data)
        await asyncio.to_thread(raw.ping, client.unique_name)
        assert set(seen) == {"Ping"}
        echo.said("still here")
        await until(lambda: len(heard) == 1)
        assert not client.gone.is_set() and not waiting.done()
        echo.release.set()
        await waiting
        raw.close()
        guard.cancel()
        await server.close()
        await client.close()

    run(main())


def test_an_answer_is_taken_only_from_whom_was_asked(daemon: Any, run: Run, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        server, echo, client = await served()
        waiting = asyncio.create_task(client.call(server.unique_name, PATH, NAME, "Wait", timeout=30))
        await until(lambda: echo.running == 1)
        raw = await asyncio.to_thread(Raw, daemon.address)
        (serial,) = client._asked
        lie = [(DESTINATION, "s", client.unique_name), (REPLY_SERIAL, "u", serial), (SIGNATURE, "g", "s")]
        seen = parsed(monkeypatch)
        await asyncio.to_thread(
            raw.send, message(RETURN, lie, string("lie")), message(ERROR, [*lie, (ERROR_NAME, "s", "a.b")], string("lie"))
        )
        await asyncio.to_thread(raw.ping, client.unique_name)
        assert seen == ["Ping"] and not waiting.done()
        echo.release.set()
        assert await waiting == []
        assert not client._asked
        raw.close()
        await server.close()
        await client.close()

    run(main())


@pytest.mark.parametrize(
    ("signature", "body", "words"),
    [("v", b"\x01y\0\x01", None), ("av", variants(3), None), ("a{", b"\0" * 8, "cannot"), ("ay", b"\xff" * 8, "cannot")],
)
def test_an_answer_that_cannot_be_understood_is_an_error_of_that_call(
    monkeypatch: pytest.MonkeyPatch, signature: str, body: bytes, words: str | None
) -> None:
    """No bus passes most of these on; what it would pass is for the library to read."""
    header = Header(RETURN, 0, 1, len(body), True, reply_serial=5, sender=":1.1", signature=signature)
    got: list[Any] = []
    connection = library.Connection.__new__(library.Connection)
    monkeypatch.setattr(connection, "_received", [], raising=False)
    monkeypatch.setattr(connection, "_dispatch", got.append)
    connection._take(header, body)
    assert len(got) == 1 and (got[0].error_name is not None) == (words is not None)
    assert words is None or words in got[0].body[0]


def test_a_call_that_was_given_up_is_forgotten(daemon: Any, run: Run) -> None:
    async def main() -> None:
        server, echo, client = await served()
        for _ in range(5):
            with pytest.raises(BusTimeout):
                await call(client, "Wait", timeout=0.01)
        assert not client._asked and not client._connection._method_return_handlers
        echo.release.set()
        await server.close()
        await client.close()

    run(main())


def opened() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_descriptors_that_nobody_asked_for_are_closed(daemon: Any, run: Run) -> None:
    async def main() -> None:
        bus = await Bus.connect("system", descriptors=True)
        raw = await asyncio.to_thread(Raw, daemon.address, descriptors=True)
        handle = os.open(os.devnull, os.O_RDONLY)
        before = opened()
        for kind, extra in ((SIGNAL, fields("/x", "x.y", "Z")), (RETURN, [(REPLY_SERIAL, "u", 99_999)]), (CALL, fields("/x", "x.y", "Z"))):
            header = [*extra, (DESTINATION, "s", bus.unique_name), (SIGNATURE, "g", "h"), (DESCRIPTORS, "u", 2)]
            await asyncio.to_thread(raw.send_descriptors, message(kind, header, b"\0\0\0\0"), handle, handle)
        await asyncio.to_thread(raw.ping, bus.unique_name)
        assert opened() == before
        raw.close()
        os.close(handle)
        await bus.close()

    run(main())


# --- addresses ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    [
        "{live}",
        "{live},guid=0123456789abcdef0123456789abcdef",
        "unix:path={dead};{live}",
        "unix:path={silent};{live}",
        "unix:abstract=/nobody/is/here,guid=00;{live}",
        "autolaunch:;{live}",
        "launchd:env=X;{live};",
        "unix:tmpdir=/tmp;tcp:host=localhost,port=1;{live}",
        "nonsense;unix:;unix:path=;{live}",
        "unix:path={folder}/with%20space%2c%7e*/bus",
        "unix:path={folder}/with space%2c~*/bus",
        "unix:runtime=yes",
    ],
)
def test_of_several_addresses_the_first_that_answers_is_taken(
    daemon: Any, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    folder = tmp_path / "with space,~*"
    folder.mkdir()
    (folder / "bus").symlink_to(daemon.address.removeprefix("unix:path="))
    monkeypatch.setenv("XDG_RUNTIME_DIR", os.fspath(folder))
    silent = tmp_path / "silent"
    with socket.socket(socket.AF_UNIX) as nobody:  # there, and gone: it refuses
        nobody.bind(os.fspath(silent))
        address = form.format(live=daemon.address, dead=tmp_path / "dead", silent=silent, folder=tmp_path)
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)

        async def main() -> None:
            bus = await Bus.connect("session")
            assert bus.unique_name
            await bus.close()

        run(main())
