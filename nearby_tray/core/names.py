"""Text that others wrote, made safe to show: `clean_name` for a name from the air, `harmless` for anything on a screen, terminal or log.

Both give one line that reads in the order in which it is written. A character that is drawn as nothing stays only where it changes how its
neighbours are drawn: the joiners of Persian, of the scripts of India and of emoji, and the selectors of emoji. And `skeleton`: two names
that a glance takes for the same have the same one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

NAME_LIMIT = 32  # bytes of UTF-8 in a name that goes over the air (protocol, section 2)
_MOST = 1024  # characters of a name that are looked at


def clean_name(text: str, otherwise: str = "unnamed") -> str:
    """A name as a label: safe to show, at most 32 bytes of UTF-8; `otherwise` when there is nothing to show. A label cleaned again stays.

    Controls, format characters (bidirectional overrides), surrogates, unassigned code points and what is drawn as nothing are stripped,
    blanks collapsed to one space, accents composed, so that equal names compare equal. It is cut before a cluster, not inside one.
    """
    if text.isascii() and text.isprintable() and len(text) <= NAME_LIMIT:
        return " ".join(text.split()) or otherwise
    return _stripped(text[:_MOST], _cut) or otherwise


def harmless(value: object, longest: int = 200) -> str:
    """`value` as one line of at most `longest` characters, with "…" where it was cut. By the rules of `clean_name` otherwise."""
    text = str(value)[: 4 * longest]
    text = " ".join(text.split()) if text.isascii() and text.isprintable() else _stripped(text)
    return text if len(text) <= longest else _stripped(text[: longest - 1]) + "…"


def skeleton(label: str) -> str:
    """The same for labels that a glance cannot tell apart. Only to be compared with another one: it is not readable.

    After Unicode Technical Standard 39, section 4, but meant for a glance: case, accents, blanks and punctuation count for nothing, and the
    letters and digits of other alphabets count as the Latin ones that they look like.
    """
    plain = _unmarked(label).translate(_LOOKALIKES).casefold()
    seen = "".join(char for char in _unmarked(plain) if unicodedata.category(char)[0] not in "CPZ")
    for two, one in (("rn", "m"), ("vv", "w")):
        seen = seen.replace(two, one)
    return seen or "".join(label.split())


# --- what is shown -----------------------------------------------------------------------------------------------------------

_BLANK = "\u115f\u1160\u2800\u3164\uffa0\U0001d159"  # letters and symbols that are drawn as nothing
# Marks that are drawn as nothing (Unicode: Default_Ignorable_Code_Point).
_UNSEEN = re.compile("[\u034f\u17b4\u17b5\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")

# Unicode Technical Standard 51: pictures with selectors and skin tones, joined; keycaps; flags of countries, and of the three parts of one.
_PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2900-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff][\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?"
)
_FLAGS = "|".join("\U0001f3f4" + "".join(chr(0xE0000 + ord(c)) for c in part) + "\U000e007f" for part in ("gbeng", "gbsct", "gbwls"))
_DRAWN = re.compile(f"{_FLAGS}|{_PICTURE}(?:\u200d{_PICTURE})*|[0-9#*]\ufe0f?\u20e3|[\U0001f1e6-\U0001f1ff]{{2}}")
_RESERVED = re.compile("[\U0001f900-\U0001faff]")  # pictures, also those that this Python's Unicode does not know yet

_NON_JOINER, _JOINER = "\u200c", "\u200d"
_VIRAMA = 9  # combining class
# Arabic letters that join to what comes after them (Unicode: Joining_Type D), and all that join to what is before them (D, R).
_FORWARD = re.compile(
    "[\u0620\u0626\u0628\u062a-\u062e\u0633-\u063f\u0641-\u0647\u0649\u064a\u066e\u066f\u0678-\u0687\u069a-\u06bf\u06c1\u06c2\u06cc\u06ce"
    "\u06d0\u06d1\u06fa-\u06fc\u06ff\u0750-\u0758\u075c-\u076a\u076d-\u0770\u0772\u0775-\u0777\u077a-\u077f][\u064b-\u065f\u0670]*\\Z"
)
_BACKWARD = re.compile(
    "[\u0620\u0622-\u063f\u0641-\u064a\u066e\u066f\u0671-\u0673\u0675-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06fc\u06ff\u0750-\u077f]"
)


def _stripped(text: str, cut: Callable[[str], str] = str) -> str:
    before = ""
    while text != before:  # what is stripped or cut may leave a joiner with nothing to join
        before, text = text, cut(_visible(text))
    return text


def _visible(text: str) -> str:
    text = unicodedata.normalize("NFC", "".join(" " if char.isspace() or char in _BLANK else char for char in text))
    kept: list[str] = []
    at = 0
    while at < len(text):
        drawn = _DRAWN.match(text, at)
        if drawn is not None and all(unicodedata.category(char) != "Cn" or _RESERVED.match(char) for char in drawn[0]):
            kept.append(drawn[0])
            at = drawn.end()
            continue
        char = text[at]
        if _joins(text, at) if char in (_NON_JOINER, _JOINER) else unicodedata.category(char)[0] != "C" and not _UNSEEN.match(char):
            kept.append(char)
        at += 1
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def _joins(text: str, at: int) -> bool:
    """Whether the joiner or non-joiner there changes how its neighbours are drawn. RFC 5892, appendix A; and the Bengali ya-phalaa."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if before and unicodedata.combining(before) == _VIRAMA:
        return True
    if text[at] == _JOINER:
        return before == "\u09b0" and after == "\u09cd"
    return _FORWARD.search(text, max(0, at - NAME_LIMIT), at) is not None and _BACKWARD.match(after) is not None


def _cut(text: str) -> str:
    clusters = _clusters(text)
    if clusters and unicodedata.category(clusters[0][0])[0] == "M":
        del clusters[0]  # marks with nothing under them would sit on whatever is shown before
    room = NAME_LIMIT
    kept: list[str] = []
    for cluster in clusters:
        room -= len(cluster.encode())
        if room < 0:
            break
        kept.append(cluster)
    return "".join(kept).strip()


def _clusters(text: str) -> list[str]:
    """Each picture or character with the marks and joiners after it. Enough for names; not all of Unicode's grapheme clusters."""
    clusters: list[str] = []
    at = 0
    while at < len(text):
        drawn = _DRAWN.match(text, at)
        part = drawn[0] if drawn is not None else text[at]
        if clusters and (part in (_NON_JOINER, _JOINER) or unicodedata.category(part[0])[0] == "M"):
            clusters[-1] += part
        else:
            clusters.append(part)
        at += len(part)
    return clusters


# --- what looks alike --------------------------------------------------------------------------------------------------------


def _unmarked(text: str) -> str:
    """Without accents and points. The vowel signs of India and the voicing marks of Japan are no decoration and stay."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(char for char in apart if unicodedata.combining(char) in _NO_ACCENTS and not _UNSEEN.match(char))


_NO_ACCENTS = (0, 7, 8, _VIRAMA)  # combining classes; nukta, voicing


# Unicode's confusables.txt (version 14), as far as a letter or digit of the Basic Multilingual Plane looks like one of ASCII, and the small
# letters of Cyrillic and Greek that look like small capitals; a few of Japanese, which are drawn like Chinese ones.
_LIKE = {
    "2": "ƧƻϨᒿꙄꛯꝚ",
    "3": "ƷȜЗҘӠⳌꝪꞫ",
    "4": "Ꮞ",
    "5": "Ƽ",
    "6": "бᏮⳒ",
    "8": "Ȣȣ৪੪",
    "9": "৭੧୨൭ⳊꝮ",
    "a": "ɑΑαАаᎪᗅꓮ",
    "b": "ƀƂƃƄɓΒБВЬѢѣҌҍᏏᏴᑲᑳᖯᗷꓐꞴвь",
    "c": "ȼСсҪҫᏟᴄⲤⲥꓚꮯ",
    "d": "ÐĐđƉƌɖɗԁᎠᏧᑯᗞᗪꓒꓓ",
    "e": "ɆɇΕЕеҽҿᎬⴹꓰꬲε",
    "f": "ƑƒϜքᖴᵮẝꓝꞘꞙꬵ",
    "g": "ƍǤǥɠɡԌցᏀᏳᶃꓖ",
    "h": "ĦħɦΗНћҢһӇӉհᎻᏂᏲᕼⱧⲎꓧꚕн",
    "j": "ɈɉͿϳЈјᎫᒍꓙꞲ",
    "k": "ƙΚКҚҞᏦᛕⱩⲔꓗꝀкκ",
    "l": "ıɨɩɪιіӏᎥᵻᵼꙇꭵŁłƖƗƚǀɫɭΙІӀ\u05d5\u05df\u0627\u0661\u0673۱\u07caᏞᒪᛁⲒⳐⵏꓡꓲ",
    "m": "ΜϺМӍᎷᗰᛖⲘꓟм",
    "n": "ƝƞɳΝηոռᵰⲚꓠп",
    "o": "ØøƟɵΘΟθοσОоѲѳӨөՕօ\u05e1\u0647\u0665\u06be\u06c1\u06d5۵\u06ff\u07c0०০੦૦ଠ୦௦౦೦ഠ൦๐໐တဝ၀ჿዐᎾᏫᴏᴑⲞⲟⴱⵁⵔ〇ꓳꝊꝋꬽꬾꭴꮎꮻ",
    "p": "ƥΡρРрᏢᑭᵽⲢⲣꓑ",
    "q": "ʠԛգզⵕ",
    "r": "ƦɍɼɽгғᎡᏒᖇᴦᵲⲅꓣꭇꭈꮁ",
    "s": "ƽʂЅѕՏᏕᏚᵴꓢꜱꮪ",
    "t": "ŦŧƭƮȾΤТҬᎢᵵⲦꓔтτ",
    "u": "ɄʋυՍսሀᏌᑌᴜᵾꓴꞟꭎꭒꮜ",
    "v": "νѴѵ\u05d8\u0667۷Ꮩᐯᴠⴸꓦꛟꮩ",
    "w": "ɯѡѽԜԝաᎳᏔᴡꓪꝡꮃ",
    "x": "ΧХхҲᕁᕽᚷⲬⵝꓫꞳ",
    "y": "ƴɎɏɣʏΥγУуҮүҰұყᎩᎽᶌỿⲨꓬꭚ",
    "z": "ƵƶȤȥʐΖᏃᴢᵶꓜꮓ",
}
_LOOKALIKES = str.maketrans(
    {char: latin for latin, chars in _LIKE.items() for char in chars}
    | {"0": "o", "1": "l", "i": "l", "I": "l", "|": "l"}
    | dict(zip("ロカニエトタハチーミムメノ", "口力二工卜夕八千一三厶乂丿", strict=True))
)
