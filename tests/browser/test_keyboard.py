"""A day's work without a mouse: from log-in to log-out, every focus seen, nothing that traps it."""

from __future__ import annotations

from playwright.sync_api import expect

from perfflow.process import P
from tests.browser.conftest import Somebody
from tests.browser.person import Person
from tests.make import PASSWORD, Make

SAYS = """() => {
  const e = document.activeElement;
  const label = e.labels && e.labels.length ? e.labels[0].textContent : "";
  return [label, e.getAttribute("aria-label") || "", e.textContent].join(" ").replace(/\\s+/g, " ");
}"""
IS_SEEN = """() => {
  const look = getComputedStyle(document.activeElement);
  const box = document.activeElement.getBoundingClientRect();
  return look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2 && box.bottom > 0 && box.top < innerHeight;
}"""
MOST = 150


class Keyboard:
    """Hands that know Tab, Enter, arrows and letters only."""

    def __init__(self, person: Person) -> None:
        self.page = person.page

    def go_to(self, words: str) -> None:
        """Tab on until something of these words has the focus, visibly."""
        for _key in range(MOST):
            self.page.keyboard.press("Tab")
            if words in self.page.evaluate(SAYS):
                assert self.page.evaluate(IS_SEEN), f"the focus on “{words}” is not seen"
                return
        raise AssertionError(f"“{words}” is not reached by the Tab key")

    def press(self, words: str) -> None:
        self.go_to(words)
        self.page.keyboard.press("Enter")
        self.page.wait_for_load_state()

    def write(self, label: str, text: str) -> None:
        self.go_to(label)
        self.page.keyboard.type(text)


def test_a_declaration_is_approved_with_the_keyboard_alone(somebody: Somebody, standing: Make) -> None:
    play = standing.project(P.DECLARATION_REVIEW)
    name = play.said[0].text
    supervisor = somebody("supervisor", log_in=False)
    keys = Keyboard(supervisor)

    supervisor.open("/login")
    keys.write("用户名", "supervisor")
    keys.write("口令", PASSWORD)
    supervisor.page.keyboard.press("Enter")
    expect(supervisor.heading("待办")).to_be_visible()

    supervisor.open(f"/?words={name}")
    keys.press("跳到正文")
    keys.press(f"审核 “{name}”")
    expect(supervisor.heading(name)).to_be_visible()

    keys.press("批复")
    expect(supervisor.page.locator("#act")).to_be_visible()
    keys.go_to("审核结论")
    supervisor.page.keyboard.press("ArrowDown")
    keys.write("办理意见", "目标明确，同意。")
    keys.press("批复")
    supervisor.expect_state("目标已批复")
    expect(supervisor.page.locator("#notices")).to_contain_text("已办理：批复")

    keys.press("已办")
    expect(supervisor.page.get_by_role("table")).to_contain_text(name)
    keys.press("退出")
    expect(supervisor.page.get_by_label("用户名")).to_be_visible()


def test_the_menu_of_a_telephone_opens_and_closes_by_key(somebody: Somebody) -> None:
    unit = somebody("unit")
    unit.page.set_viewport_size({"width": 390, "height": 844})
    keys = Keyboard(unit)
    unit.open("/")

    keys.press("菜单")
    expect(unit.page.get_by_role("link", name="项目库")).to_be_visible()
    unit.page.keyboard.press("Escape")

    expect(unit.page.get_by_role("link", name="项目库")).to_be_hidden()
    assert "菜单" in unit.page.evaluate(SAYS)
