"""Make what follows from something else: shell completion and the manual's lists from the command line's parser, icons from the SVG, the
systemd unit, the metainfo's screenshots from where they can be fetched, the files of the translations from the sentences in the source.

    python desktop/generate.py             write what is out of date, and name it
    python desktop/generate.py --check     only name it; exit status 1 when there is something
    python desktop/generate.py --screenshots-at https://…/desktop/screenshots
                                           the address under which the release has that folder, into the metainfo

Needs PySide6 and the package itself, as the tests do. A new option with a value that completion knows nothing of ends with a sentence.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import get_args
from xml.sax.saxutils import escape

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # this checkout, whatever else is installed

import msgspec
from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from desktop import translations
from nearby_tray import __version__
from nearby_tray.cli.arguments import parser as parser_of
from nearby_tray.settings import Settings
from nearby_tray.system import user_service

HERE = Path(__file__).resolve().parent
SHARE = HERE / "share"
ICON = HERE.parent / "resources" / "icons" / "nearby-tray.svg"
SMALL_ICON = HERE / "icons" / "nearby-tray-small.svg"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256)
SMALL = 24  # pixels: up to here the small drawing

# What the metainfo tells of each picture in desktop/screenshots, the best first.
SCREENSHOTS = {
    "linked": "A link: how good it is, and the addresses to use",
    "request": "Nothing opens before you have compared and accepted",
}

SCREENSHOTS_SAY = "screenshots: fetched by address, so there are none here before a release has one; desktop/generate.py writes them"

# How the value of an argument is completed, by how the parser shows it.
KINDS = {"DIR": "folder", "FILE": "file", "NAME": "peer", "MEMBER": "member", "KEY=VALUE": "setting", "CODE": "nothing"}


@dataclass(frozen=True)
class Option:
    """`--name`, or an argument without one (`name` empty)."""

    name: str
    help: str
    shown: str = ""  # how its value is shown
    kind: str = ""  # of its value: "choice" or one of KINDS; empty: none
    choices: tuple[str, ...] = ()
    many: bool = False


@dataclass(frozen=True)
class Verb:
    name: str
    help: str
    options: tuple[Option, ...]


def command_line() -> tuple[tuple[Option, ...], tuple[Verb, ...]]:
    """The options that start the applet, and the verbs."""
    parser = parser_of(["status"])
    (group,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    helps = {action.dest: action.help or "" for action in group._choices_actions}
    verbs = tuple(Verb(name, helps[name], _options(made)) for name, made in group.choices.items())
    return _options(parser), verbs


def _options(parser: argparse.ArgumentParser) -> tuple[Option, ...]:
    made = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) or action.help == argparse.SUPPRESS:
            continue
        if isinstance(action, argparse._HelpAction):
            made.append(Option("--help", "show what there is"))
            continue
        names = [name for name in action.option_strings if name.startswith("--")]
        kind = shown = ""
        choices = tuple(map(str, action.choices or ()))
        if action.nargs != 0:
            shown = str(action.metavar or ("|".join(choices) if choices else action.dest.upper()))
            if choices:
                kind = "choice"
            elif shown in KINDS:
                kind = KINDS[shown]
            else:
                sys.exit(f"{parser.prog}: how is {shown} completed? Say so in KINDS of {__file__}.")
        help = "show the version" if isinstance(action, argparse._VersionAction) else action.help or ""
        made.append(Option(names[0] if names else "", help, shown, kind, choices, action.nargs in ("*", "+")))
    return tuple(made)


def settings_words() -> list[str]:
    """Each setting with each of its values where there are few, otherwise up to the equals sign."""
    words = []
    for field in msgspec.structs.fields(Settings):
        if field.name in ("version", "visible_until"):  # nobody's choice
            continue
        if field.type is bool:
            words += [f"{field.name}={value}" for value in ("on", "off")]
        elif isinstance(field.type, type) and issubclass(field.type, Enum):
            words += [f"{field.name}={value.value}" for value in field.type]
        else:
            words.append(f"{field.name}=")
            if type(None) in get_args(field.type):
                words.append(f"{field.name}=none")
    return words


# --- completion ----------------------------------------------------------------------------------------------------------------

# By hand, and not by shtab (1.13 was tried): its scripts for bash, zsh and fish have 671 lines where these have 362, bash offers file names
# as well, and the quoting of peers' names, words that bash breaks at ":" and "=", and the settings would have to be written all the same.
# The manual's lists likewise: argparse-manpage (4.8) writes a whole page, without the words that are written by hand.
MADE = "Made by desktop/generate.py from the command line's parser."


def _of_kind(options: tuple[Option, ...], kind: str) -> bool:
    return any(not option.name and option.kind == kind for option in options)


def bash(starting: tuple[Option, ...], verbs: tuple[Verb, ...]) -> str:
    """Names come from strangers: they are never evaluated, and quoted as the line needs it."""
    valued = [option for option in starting if option.kind]
    before = []
    for option in (*valued, *(option for verb in verbs for option in verb.options if option.name and option.kind)):
        what = f'COMPREPLY=($(compgen -W "{" ".join(option.choices)}" -- "$cur"))' if option.choices else "compopt -o dirnames"
        before.append(f"        {option.name}) {what}; return ;;")
    cases = []
    for verb in verbs:
        words = " ".join(option.name for option in verb.options if option.name)
        special = ""
        if _of_kind(verb.options, "peer"):
            special = "; _nearby_tray_names peers"
        elif _of_kind(verb.options, "member"):
            special = "; _nearby_tray_names members"
        elif _of_kind(verb.options, "setting"):
            words = " ".join([words, *settings_words()])
            special = "; compopt -o nospace"
        cases.append(f'        {verb.name}) words="{words}"{special} ;;')
    return rf"""# bash completion for nearby-tray. {MADE}

_nearby_tray_names() {{
    local name word typed=${{cur//\\/}}
    [[ $cur == -* ]] && return
    typed=${{typed#[\"\']}}
    while IFS= read -r name; do
        [[ $name == "$typed"* ]] || continue
        # Quoted here and not by "-o filenames", which leaves $ and ) as they are.
        case $cur in
        \"*) [[ $name == *!* ]] && continue  # the history is expanded there, whatever is done
            word=$(sed 's/[\\"$`]/\\&/g' <<< "$name") ;;
        \'*) word=${{name//\'/\'\\\'\'}} ;;
        *) printf -v word %q "$name" ;;
        esac
        COMPREPLY+=("${{word#"$colon"}}")
    done < <(command nearby-tray "$1" --names 2> /dev/null)
}}

_nearby_tray() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} verb= colon= words i line=${{COMP_LINE:0:COMP_POINT}}
    COMPREPLY=()
    case ${{COMP_WORDS[COMP_CWORD-1]}} in
{chr(10).join(before)}
    esac
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${{COMP_WORDS[i]}} in
        {" | ".join(option.name for option in valued)}) ((i++)) ;;
        -*) ;;
        *) verb=${{COMP_WORDS[i]}}; break ;;
        esac
    done
    # bash breaks words at = and : and replaces only what comes after.
    if [[ ${{line##*[[:space:]]}} == *[=:]* && $cur != [\"\']* ]]; then
        cur=${{line##*[[:space:]]}}
        colon=${{cur%"${{cur##*[=:]}}"}}
    fi
    case $verb in
        '') words="{" ".join([option.name for option in starting] + [verb.name for verb in verbs])}" ;;
{chr(10).join(cases)}
        *) return ;;
    esac
    for words in $words; do
        [[ $words == "$cur"* ]] && COMPREPLY+=("${{words#"$colon"}}")
    done
    [[ ${{#COMPREPLY[@]}} == 1 && ${{COMPREPLY[0]}} != *= ]] && compopt +o nospace
}}

complete -F _nearby_tray nearby-tray
"""


def zsh(starting: tuple[Option, ...], verbs: tuple[Verb, ...]) -> str:
    """Names are handed to compadd as they are, which quotes them."""

    def quoted(text: str) -> str:
        return re.sub(r"([\[\]:\\])", r"\\\1", text).replace("'", "’")

    def spec(option: Option) -> str:
        action = {
            "": "",
            "choice": f"({' '.join(option.choices)})",
            "folder": "_files -/",
            "file": "_files",
            "peer": "_nearby_tray_peers",
            "member": "_nearby_tray_members",
            "setting": "_nearby_tray_settings",
            "nothing": "",
        }[option.kind]
        if not option.name:
            return f"'{'*' if option.many else ''}:{quoted(option.shown)}:{action}'"
        return f"'{option.name}[{quoted(option.help)}]{f':{quoted(option.shown)}:{action}' if option.kind else ''}'"

    table = "\n".join(f"        '{verb.name}:{quoted(verb.help)}'" for verb in verbs)

    def arguments(options: tuple[Option, ...], indent: int) -> str:
        return " ".join(["_arguments", *(f"\\\n{' ' * indent}{spec(option)}" for option in options)])

    cases = "\n".join(f"        {verb.name})\n            {arguments(verb.options, 16)}\n            ;;" for verb in verbs)
    first = arguments(starting, 8).replace("_arguments", "_arguments -C", 1)
    keys: dict[str, list[str]] = {}
    for word in settings_words():
        key, _, value = word.partition("=")
        keys.setdefault(key, []).extend([value] if value else [])
    values = "\n".join(f"    {key}) compadd -- {' '.join(found)} ;;" for key, found in keys.items() if found)
    return f"""#compdef nearby-tray
# zsh completion for nearby-tray. {MADE}

_nearby_tray_names() {{
    local -a names
    names=("${{(@f)$(_call_program $1 nearby-tray $1 --names 2> /dev/null)}}")
    names=("${{(@)names:#}}")
    (( $#names )) && compadd -- "${{(@)names}}"
}}

_nearby_tray_peers() {{ _nearby_tray_names peers }}

_nearby_tray_members() {{ _nearby_tray_names members }}

_nearby_tray_settings() {{
    if ! compset -P 1 '*='; then
        compadd -S = -- {" ".join(keys)}
        return
    fi
    case ${{IPREFIX%=}} in
{values}
    esac
}}

_nearby_tray() {{
    local curcontext=$curcontext state line
    local -a verbs
    verbs=(
{table}
    )
    {first} \\
        '1: :->verb' \\
        '*:: :->words' && return
    case $state in
    verb) _describe -t commands command verbs ;;
    words)
        case $words[1] in
{cases}
        esac
        ;;
    esac
}}

if [[ $funcstack[1] == _nearby-tray ]]; then
    _nearby_tray "$@"
else
    compdef _nearby_tray nearby-tray
fi
"""


def fish(starting: tuple[Option, ...], verbs: tuple[Verb, ...]) -> str:
    """fish takes the lines of a command substitution as they are, and quotes them."""

    def text(words: str) -> str:
        return "'" + words.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def option_line(condition: str, option: Option) -> str:
        line = f"complete -c nearby-tray -n {text(condition)} -l {option.name[2:]} -d {text(option.help)}"
        if option.choices:
            line += f" -x -a {text(' '.join(option.choices))}"
        elif option.kind == "folder":
            line += " -x -a '(__fish_complete_directories)'"
        elif option.kind:
            line += " -r -F"
        return line

    lines = [f"# fish completion for nearby-tray. {MADE}", "", "complete -c nearby-tray -f", ""]
    lines += [option_line("__fish_use_subcommand", option) for option in starting]
    lines += [f"complete -c nearby-tray -n __fish_use_subcommand -a {verb.name} -d {text(verb.help)}" for verb in verbs]
    for verb in verbs:
        lines.append("")
        condition = f"__fish_seen_subcommand_from {verb.name}"
        for kind, listed in (("peer", "peers"), ("member", "members")):
            if _of_kind(verb.options, kind):
                lines.append(f"complete -c nearby-tray -n {text(condition)} -a '(command nearby-tray {listed} --names 2> /dev/null)'")
        if _of_kind(verb.options, "setting"):
            lines.append(f"complete -c nearby-tray -n {text(condition)} -a {text(' '.join(settings_words()))}")
        lines += [option_line(condition, option) for option in verb.options if option.name]
    return "\n".join(lines) + "\n"


# --- the manual ----------------------------------------------------------------------------------------------------------------


def manual(text: str, starting: tuple[Option, ...], verbs: tuple[Verb, ...]) -> str:
    """The manual with its two lists, between the lines that say so, made anew."""

    def roff(words: str) -> str:
        return words.replace("\\", "\\e").replace("-", "\\-")

    def bold(words: str) -> str:
        return f"\\fB{roff(words)}\\fR"

    def value(option: Option) -> str:
        return f"\\fI{roff(option.shown)}\\fR" if option.kind else ""

    def sentence(words: str) -> str:
        return roff(words[0].upper() + words[1:]) + "."

    options = [line for option in starting for line in (".TP", f"{bold(option.name)} {value(option)}".strip(), sentence(option.help))]
    commands = []
    for verb in verbs:
        own = [option for option in verb.options if option.name != "--help"]
        words = [f"[{value(option)} ...]" if option.many else value(option) for option in own if not option.name]
        words += [f"[{' '.join(filter(None, (bold(option.name), value(option))))}]" for option in own if option.name]
        commands += [".TP", " ".join([bold(verb.name), *words]), sentence(verb.help)]
        for option in own:
            if option.name != "--json":
                commands += [".br", f"{bold(option.name) if option.name else value(option)}: {roff(option.help)}."]
    text = re.sub(r"(?m)^(\.TH .* )\"Nearby Tray [^\"]*\"", rf'\1"Nearby Tray {__version__}"', text)
    for name, lines in (("options", options), ("commands", commands)):
        text = _between(text, f'.\\" made by desktop/generate.py: {name}\n', f'.\\" end of {name}\n', "\n".join(lines) + "\n")
    return text


def _between(text: str, start: str, end: str, new: str) -> str:
    before, found, rest = text.partition(start)
    _, found_end, after = rest.partition(end)
    if not found or not found_end:
        sys.exit(f"No lines “{start.strip()}” and “{end.strip()}”.")
    return before + start + new + end + after


# --- pictures ------------------------------------------------------------------------------------------------------------------


def icon(pixels: int) -> QImage:
    """The applet's icon."""
    image = QImage(pixels, pixels, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    source = SMALL_ICON if pixels <= SMALL else ICON
    QSvgRenderer(QByteArray(source.read_bytes())).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return image


def same_picture(one: QImage, other: QImage) -> bool:
    """Whether they look alike: another version of Qt draws an edge a little differently."""
    if one.size() != other.size():
        return False
    one, other = (image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied) for image in (one, other))
    differences = [abs(a - b) for a, b in zip(bytes(one.constBits()), bytes(other.constBits()), strict=True)]
    return sum(differences) / len(differences) < 1.0


def metainfo(text: str, address: str | None) -> str:
    """The metainfo with its screenshots under `address`, or under the one that it names already; with neither it has none."""
    named = re.search(r"<image[^>]*>(.*)/[^/]*</image>", text)
    address = address or (named[1] if named else None)
    lines: list[str] = []
    for name, caption in SCREENSHOTS.items() if address else ():
        picture = QImage(str(HERE / "screenshots" / f"{name}.png"))
        lines += [
            "    <screenshot>" if lines else '    <screenshot type="default">',
            f'      <image type="source" width="{picture.width()}" height="{picture.height()}">{escape(address or "")}/{name}.png</image>',
            f"      <caption>{escape(caption)}</caption>",
            "    </screenshot>",
        ]
    new = "".join(f"{line}\n" for line in ["  <screenshots>", *lines, "  </screenshots>"]) if lines else ""
    return _between(text, f"  <!-- {SCREENSHOTS_SAY} -->\n", "  <!-- end of screenshots -->\n", new)


# --- all of it -----------------------------------------------------------------------------------------------------------------


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--screenshots-at", metavar="URL")
    wanted = parser.parse_args()

    starting, verbs = command_line()
    page = SHARE / "man/man1/nearby-tray.1"
    info = SHARE / "metainfo/org.nearbytray.Nearby.metainfo.xml"
    texts = {
        SHARE / "bash-completion/completions/nearby-tray": bash(starting, verbs),
        SHARE / "zsh/site-functions/_nearby-tray": zsh(starting, verbs),
        SHARE / "fish/vendor_completions.d/nearby-tray.fish": fish(starting, verbs),
        SHARE / "icons/hicolor/scalable/apps/nearby-tray.svg": ICON.read_text(),
        SHARE / "systemd/user" / user_service.UNIT: user_service.unit(["/usr/bin/nearby-tray", "--background"]),
        page: manual(page.read_text(), starting, verbs),
        info: metainfo(info.read_text(), wanted.screenshots_at),
        **{ts: translations.updated(ts) for ts in translations.files()},
    }
    old = [path for path, text in texts.items() if not path.is_file() or path.read_text() != text]
    icons = {SHARE / f"icons/hicolor/{pixels}x{pixels}/apps/nearby-tray.png": icon(pixels) for pixels in SIZES}
    old += [path for path, picture in icons.items() if not same_picture(QImage(str(path)), picture)]
    for path in old:
        print(f"{'out of date' if wanted.check else 'made'}: {path.relative_to(HERE.parent)}")
        if not wanted.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path in texts:
                path.write_text(texts[path])
            elif not icons[path].save(str(path)):
                sys.exit(f"{path} could not be written")
    for ts in translations.files():
        if not translations.same_words(qm := ts.with_suffix(".qm"), ts):
            print(f"{'out of date' if wanted.check else 'made'}: {qm.relative_to(HERE.parent)}")
            old.append(qm)
            if not wanted.check:
                qm.write_bytes(translations.compiled(ts))
    return 1 if wanted.check and old else 0


if __name__ == "__main__":
    sys.exit(main())
