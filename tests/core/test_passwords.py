import threading
import time

import pytest
from argon2.exceptions import VerifyMismatchError

from perfflow.core import passwords
from perfflow.data import common_passwords


@pytest.fixture(autouse=True)
def cheap():
    passwords.configure(cheap=True)
    yield
    passwords.configure(cheap=True)


def messages(password, words=()):
    return [reason.message % reason.params for reason in passwords.problems(password, words)]


def test_a_password_fits_its_own_hash_and_no_other():
    stored = passwords.hash_password("Blue-Teapot-47")

    assert passwords.verify(stored, "Blue-Teapot-47")
    assert not passwords.verify(stored, "blue-teapot-47")
    assert not passwords.verify("not a hash", "Blue-Teapot-47")


def test_nobody_knows_the_password_of_an_unknown_user():
    assert not passwords.verify(None, "")
    assert not passwords.verify(None, "Blue-Teapot-47")


def test_the_cost_is_argon2id_with_19_mib_two_passes_one_lane():
    passwords.configure()

    assert passwords.hash_password("x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_unknown_user_costs_exactly_what_a_known_one_does(monkeypatch):
    passwords.configure()
    stored = passwords.hash_password("Blue-Teapot-47")
    tested = []

    class Watched:
        def verify(self, hashed, password):
            tested.append(hashed)
            raise VerifyMismatchError

    passwords.verify(None, "the first makes the stand-in")
    monkeypatch.setattr(passwords, "_hasher", Watched())
    passwords.verify(stored, "wrong")
    passwords.verify(None, "wrong")

    known, unknown = tested
    assert known.rsplit("$", 2)[0] == unknown.rsplit("$", 2)[0]  # the same kind, memory, passes and lanes


def test_a_cheaper_hash_asks_to_be_made_again():
    cheap = passwords.hash_password("Blue-Teapot-47")
    passwords.configure()

    assert passwords.needs_rehash(cheap)
    assert not passwords.needs_rehash(passwords.hash_password("Blue-Teapot-47"))


def test_hashing_goes_one_after_the_other(monkeypatch):
    at_once, most = 0, 0

    class Slow:
        def hash(self, password):
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            time.sleep(0.01)
            at_once -= 1
            return "hash"

    monkeypatch.setattr(passwords, "_hasher", Slow())
    threads = [threading.Thread(target=passwords.hash_password, args=("x",)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == 1


def test_full_width_and_half_width_digits_are_one_password():
    assert passwords.verify(passwords.hash_password("Ｂlue-Teapot-４７"), "Blue-Teapot-47")


@pytest.mark.parametrize(
    "password",
    [
        "Blue-Teapot-47",
        "蓝茶壶在窗台上Ab9",
        "κόσμε Ωmega 12",
        "a" * 100 + "B7" + "c" * 98,
        "🫖🫖🫖 teapot 47",
    ],
)
def test_good_passwords_of_the_first_profile(password):
    assert messages(password) == []


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("Blue-Tea7", "口令至少 10 个字符。"),
        ("bluebluetea47", "口令应含大写字母、小写字母、数字、其他字符中的至少 3 类。"),
        ("Blue-Teapot-47" * 15, "口令最多 200 个字符。"),
        ("P@ssw0rd2026!", "这是常见口令，容易被猜到，请换一个。"),
        ("Woaini@1314520", "这是常见口令，容易被猜到，请换一个。"),
        ("Perfflow-47-x", "口令不能含有“perfflow”。"),
        ("My-JIXIAO-47-x", "口令不能含有“jixiao”。"),
        ("绩效工作Ab-47xyz", "口令不能含有“绩效”。"),
        ("Clerk.One-47-x", "口令不能含有“clerk.one”。"),
    ],
)
def test_a_weak_password_is_told_why(password, sentence):
    assert messages(password, ("clerk.one", "机关事务管理局")) == [sentence]


def test_the_other_profile_asks_for_length_and_nothing_else():
    passwords.configure(cheap=True, profile="asvs")

    assert messages("blue teapot on the sill") == []
    assert messages("Blue-Teapot-47") == ["口令至少 15 个字符。"]


def test_one_time_passwords_fit_both_profiles_and_differ():
    drawn = {passwords.one_time() for _ in range(200)}

    assert len(drawn) == 200
    assert not any(messages(password) for password in drawn)
    passwords.configure(cheap=True, profile="asvs")
    assert not any(messages(password) for password in drawn)


def test_the_block_list_is_long_built_from_its_rules_and_of_use():
    listed = passwords.COMMON.read_text(encoding="utf-8")
    words = listed.split()

    assert listed == common_passwords.build()
    assert len(words) >= 3000
    assert min(map(len, words)) >= passwords.SHORTEST["dengbao3"]
    # what the rule on classes would refuse anyway does not count
    assert sum(passwords._classes(word.capitalize()) >= 3 for word in words) >= 3000
