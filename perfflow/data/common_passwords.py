"""Builds common_passwords.txt from rules: words people choose, and the endings they add to satisfy a rule.

Not copied from any list. What is too short for the length rule is of no use here and left out.
Run `python -m perfflow.data.common_passwords` after a change here.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

TARGET = Path(__file__).with_name("common_passwords.txt")
SHORTEST = 10


def _words(text: str) -> list[str]:
    return text.split()


ENGLISH = _words("""
password passwd pass admin administrator root user guest test welcome login hello letmein master
manager system super secret changeme default computer internet server database office windows summer
winter spring autumn monday friday sunshine princess football baseball basketball dragon monkey
shadow superman batman michael jennifer jordan iloveyou love forever freedom whatever trustno1
starwars pokemon qazwsx samsung huawei iphone google microsoft oracle china shanghai beijing company
security access temp temporary demo public support service finance budget audit project report
government minister january february march april june july august september october november
december company123 happy lucky money angel baby chocolate cookie coffee orange banana purple yellow
""")
PINYIN = _words("""
woaini woaiwo woaizhongguo zhongguo zhonghua shanghai beijing guangzhou shenzhen tianjin chongqing
nanjing hangzhou wuhan chengdu xian suzhou pudong mima denglu yonghu guanli guanliyuan xitong
wangluo diannao shouji zhanghao nihao nihaoma xiexie baobei laopo laogong mama baba gege jiejie didi
meimei xiaoming xiaohong xiaoli wangwei zhangwei liwei lina zhangmin lijing wangfang liqiang
zhanglei caiwu caizheng yusuan juesuan shenji pingjia xiangmu danwei bumen zhengfu renda jiguan
shiwu bangong bangongshi keji xinxi anquan ceshi yanshi xinnian kuaile xinniankuaile facai
gongxifacai jixiang ruyi wanshiruyi xingfu pingan jiankang meili tiankong taiyang yueliang xingxing
aiqing pengyou tongxue laoshi xuesheng daxue qinghua beida fudan jiaotong
""")
WALKS = _words("""
qwertyuiop qwerty qwert asdfghjkl asdfgh asdf zxcvbnm zxcvbn zxcv qazwsx qazwsxedc 1qaz2wsx
1qaz2wsx3edc 1q2w3e4r 1q2w3e4r5t 1q2w3e q1w2e3r4 q1w2e3r4t5 zaq12wsx xsw2zaq1 qweasdzxc qweasd
qwe123 asd123 zxc123 abc123 abcd1234 a1b2c3d4 abcdefg abcdefgh abcdefghij 123qwe 123456 1234567
12345678 123456789 1234567890 0123456789 987654321 9876543210 111111 11111111 1111111111 000000
0000000000 666666 6666666666 888888 8888888888 88888888 123123 123123123 123321 112233 11223344
1122334455 121212 131313 147258369 159357 147852369 741852963 789456123 5201314 1314520 7758521
7758258 woaini520 woaini1314 aaaaaa aaa111 a123456 a12345678 aa123456 q123456 qq123456 abc123456
asd123456 zxc123456
""")
DIGITS = _words("""
1 12 123 1234 12345 123456 1234567 12345678 123456789 111 321 000 520 521 666 888 1314 5201314
1314520 168 2018 2019 2020 2021 2022 2023 2024 2025 2026 2027
""")
MARKS = ("", "!", "@", "#", ".", "!@#")


def passwords() -> Iterator[str]:
    for word, joint, digits in product(ENGLISH + PINYIN, ("", "@"), DIGITS):
        yield word + joint + digits
    usual = ("123", "123456", "2024", "2025", "2026")
    for word, digits, mark in product(ENGLISH + PINYIN, usual, ("!", "#")):
        yield word + digits + mark
    for walk, mark in product(WALKS, MARKS):
        yield walk + mark
    for walk, digits in product(WALKS, ("1", "123", "1234", "520", "888", "2024", "2025", "2026")):
        yield walk + digits
        yield walk + "@" + digits
    for word in ENGLISH + PINYIN:
        yield "123" + word
        yield "123456" + word
    for word in ENGLISH + PINYIN + WALKS:
        yield word * 2


def build() -> str:
    """The whole file: lower case, sorted, one a line."""
    return "".join(f"{one}\n" for one in sorted({p for p in passwords() if len(p) >= SHORTEST}))


if __name__ == "__main__":
    TARGET.write_text(build(), encoding="utf-8")
