"""Passwords: argon2id in one lane per process, and what a new one must be like.

Hash and verify outside any unit of work: both take as long as a thousand small requests.
"""

import secrets
import threading
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from perfflow.process import N_
from perfflow.workflow.definition import Reason

LONGEST = 200
SHORTEST = {"dengbao3": 10, "asvs": 15}
CLASSES = {"dengbao3": 3, "asvs": 1}
SHORTEST_CONTEXT_WORD = 3
PRODUCT_WORDS = ("perfflow", "jixiao", "绩效")
COMMON = Path(__file__).parent.parent / "data" / "common_passwords.txt"

_STRONG = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_hasher = _STRONG
_profile = "dengbao3"
# sixteen at once slow everybody down five times and take much memory; one after the other is hardly noticed
_lane = threading.Lock()

_LOWER, _UPPER, _DIGITS = "abcdefghjkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"
"""Without the letters and digits that are taken for one another on paper."""


def configure(*, cheap: bool = False, profile: str = "dengbao3") -> None:
    """Choose the cost (`cheap` is for tests only) and the profile of the rules; called by create_app()."""
    global _hasher, _profile
    _hasher = _CHEAP if cheap else _STRONG
    _profile = profile
    _dummy.cache_clear()


def hash_password(password: str) -> str:
    with _lane:
        return _hasher.hash(_plain(password))


def verify(stored: str | None, password: str) -> bool:
    """Whether the password fits. `None`, for an unknown user, takes the same time and is never right."""
    known = stored is not None
    tested = stored if stored is not None else _dummy()
    with _lane:
        try:
            _hasher.verify(tested, _plain(password))
        except (Argon2Error, InvalidHashError):
            return False
    return known


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made at another cost than today's."""
    return _hasher.check_needs_rehash(stored)


def one_time() -> str:
    """A password for one log-in: 20 characters that fit every profile and can be read from paper."""
    alphabet = _LOWER + _UPPER + _DIGITS
    while True:
        drawn = "".join(secrets.choice(alphabet) for _ in range(20))
        if _classes(drawn) == 3:
            return "-".join(drawn[start : start + 5] for start in range(0, 20, 5))


def rules() -> tuple[Reason, ...]:
    """The rules in force, to be told beforehand."""
    length = {"shortest": SHORTEST[_profile], "longest": LONGEST}
    told = [Reason(N_("长度 %(shortest)d 到 %(longest)d 个字符。"), length)]
    if CLASSES[_profile] > 1:
        count = {"count": CLASSES[_profile]}
        told.append(Reason(N_("大写字母、小写字母、数字、其他字符中至少 %(count)d 类。"), count))
    told.append(Reason(N_("不用常见口令，不含用户名、单位名称或系统名称。")))
    return tuple(told)


def problems(password: str, words: Iterable[str] = ()) -> tuple[Reason, ...]:
    """Every reason against a new password. `words`: what it may not contain, like the user name."""
    plain = _plain(password)
    found = []
    if len(plain) < SHORTEST[_profile]:
        found.append(Reason(N_("口令至少 %(count)d 个字符。"), {"count": SHORTEST[_profile]}))
    if len(password) > LONGEST:
        found.append(Reason(N_("口令最多 %(count)d 个字符。"), {"count": LONGEST}))
    if _classes(plain) < CLASSES[_profile]:
        count = {"count": CLASSES[_profile]}
        found.append(Reason(N_("口令应含大写字母、小写字母、数字、其他字符中的至少 %(count)d 类。"), count))
    if _is_common(plain):
        found.append(Reason(N_("这是常见口令，容易被猜到，请换一个。")))
    if word := _context_word(plain, words):
        found.append(Reason(N_("口令不能含有“%(word)s”。"), {"word": word}))
    return tuple(found)


def _plain(password: str) -> str:
    """The same characters typed on different keyboards are one password."""
    return unicodedata.normalize("NFKC", password)


@cache
def _dummy() -> str:
    return hash_password(secrets.token_urlsafe(16))


def _classes(password: str) -> int:
    lower = any(c.islower() for c in password)
    upper = any(c.isupper() for c in password)
    digit = any(c.isdecimal() for c in password)
    other = any(not (c.islower() or c.isupper() or c.isdecimal()) for c in password)
    return lower + upper + digit + other


def _is_common(password: str) -> bool:
    """In the list as typed, or with the usual replacements of letters taken back ("P@ssw0rd2026")."""
    folded = password.casefold()
    stem = folded.rstrip("0123456789!@#$%^&*._-")
    return folded in _common() or stem.translate(_LOOKALIKES) + folded[len(stem) :] in _common()


_LOOKALIKES = str.maketrans({"@": "a", "0": "o", "1": "i", "3": "e", "$": "s", "5": "s"})


@cache
def _common() -> frozenset[str]:
    return frozenset(COMMON.read_text(encoding="utf-8").split())


def _context_word(password: str, words: Iterable[str]) -> str | None:
    folded = password.casefold()
    telling = (word for word in (*PRODUCT_WORDS, *words) if _tells(word))
    return next((word for word in telling if _plain(word).casefold() in folded), None)


def _tells(word: str) -> bool:
    """Two Chinese characters say something, two letters do not."""
    return len(word) >= SHORTEST_CONTEXT_WORD or (len(word) == 2 and not word.isascii())
