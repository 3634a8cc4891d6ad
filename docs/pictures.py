"""Ten pages of the demo at the width of a desk and of a telephone, for the README and to be looked at.

    .venv/bin/python -m docs.pictures
"""

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.served import CHROMIUM, FLAGS, Served, demo

HERE = Path(__file__).parent
WIDTHS = {"desk": (1366, 768), "phone": (390, 844)}
PAGES = (
    # name, who, address
    ("inbox", "supervisor", "/"),
    ("project", "supervisor", "/projects/4"),
    ("projects", "auditor", "/projects/"),
    ("declaration", "unit", "/projects/14/declaration"),
    ("scores", "firm", "/projects/4/evaluation"),
    ("findings", "unit", "/projects/1/issues"),
    ("item", "supervisor", "/projects/6/items/1"),
    ("search", "auditor", "/search?q=验收"),
    ("statistics", "supervisor", "/statistics/"),
    ("state", "admin", "/admin/status"),
)


def main() -> None:
    with demo() as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS])
        for name, who, address in PAGES:
            for width, size in WIDTHS.items():
                page = _logged_in(browser, served, who, size)
                answer = page.goto(served.address + address)
                assert answer is not None and answer.ok, (name, who, address, answer and answer.status)
                page.wait_for_load_state("networkidle")
                # cut below the third screen: a README is no place for a whole form
                tall = min(int(page.evaluate("document.documentElement.scrollHeight")), size[1] * 3)
                clip: Any = {"x": 0, "y": 0, "width": size[0], "height": tall}
                page.screenshot(path=HERE / f"{name}-{width}.png", full_page=True, clip=clip)
                page.context.close()
        browser.close()


def _logged_in(browser: Browser, served: Served, who: str, size: tuple[int, int]) -> Page:
    width, height = size
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{served.address}/login")
    page.fill("[name=username]", who)
    page.fill("[name=password]", served.password)
    page.click("main button")
    page.wait_for_load_state()
    return page


if __name__ == "__main__":
    main()
