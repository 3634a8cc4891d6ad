"""No route without a permission. A project named in the address is found in reach before any route runs."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from flask import Blueprint, Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from perfflow.core import form_keys
from perfflow.core.access import Actor, Permission, Reach, may, project_for
from perfflow.core.errors import Forbidden, NotFound
from perfflow.process import Viewer

Route = TypeVar("Route", bound=Callable[..., ResponseReturnValue])
PROJECT_ID = "project_id"
LARGEST_NUMBER = 2**53
ROW_BUTTONS = frozenset({
    "add_row", "remove_row", "move_row", "paste_rows", "sort_rows", "keep_phrase", "find_people", "preview",
})  # fmt: skip
FORCED_PASSWORD = "accounts.password"
BEFORE_PASSWORD = frozenset({FORCED_PASSWORD, "accounts.change_password", "accounts.logout"})
"""All that is open to whoever must change his password first."""
INDEPENDENCE = "evaluation.independence"
KEEPS_DRAFTS = "drafts.keep"


class Public(Enum):
    """For log-in, health and static files only."""

    EVERYBODY = "everybody"


PUBLIC = Public.EVERYBODY


@dataclass(frozen=True, slots=True)
class Rule:
    """`before_declaring`: also for an evaluator who has not yet declared his independence."""

    needs: Permission | Public
    before_declaring: bool = False


class GuardedBlueprint(Blueprint):
    """A blueprint that takes no route without `needs`."""

    def get(  # type: ignore[override]
        self, rule: str, *, needs: Permission | Public, before_declaring: bool = False, **options: Any
    ) -> Callable[[Route], Route]:
        return self._guarded(rule, Rule(needs, before_declaring), ["GET"], options)

    def post(  # type: ignore[override]
        self, rule: str, *, needs: Permission | Public, before_declaring: bool = False, **options: Any
    ) -> Callable[[Route], Route]:
        return self._guarded(rule, Rule(needs, before_declaring), ["POST"], options)

    def _guarded(
        self, rule: str, guard: Rule, methods: list[str], options: dict[str, Any]
    ) -> Callable[[Route], Route]:
        def register(route: Route) -> Route:
            route.__dict__.setdefault("perfflow_rules", {}).update(dict.fromkeys(methods, guard))
            self.add_url_rule(rule, view_func=route, methods=methods, **options)
            return route

        return register


def actor() -> Actor:
    """Whoever is logged in; commands get this, never the proxy that outlives its request."""
    user: Actor = current_user.actor
    return user


def reach() -> Reach:
    """The project named in the address, already found in reach."""
    found: Reach = g.reach
    return found


def look_again() -> None:
    """Find the project named in the address as it stands now: a page drawn anew shows what others did meanwhile."""
    if g.get("reach") is not None:
        g.reach = project_for(actor(), g.reach.id)


def rule_for(app: Flask, endpoint: str, method: str) -> Rule | None:
    """What a route needs; None for a route that nobody declared, which is then closed."""
    if endpoint == "static":
        return Rule(PUBLIC)
    rules: dict[str, Rule] = getattr(app.view_functions[endpoint], "perfflow_rules", {})
    return rules.get("GET" if method in ("HEAD", "OPTIONS") else method)


def check_complete(app: Flask) -> None:
    """Raise at start-up when a route has no declared permission."""
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if rule_for(app, rule.endpoint, method) is None:
                raise RuntimeError(f"{method} {rule.rule} names no permission")


def check_entry() -> ResponseReturnValue | None:
    """Before every request: logged in, in reach, permitted; 404 before 403, so that nothing is betrayed."""
    if request.endpoint is None:
        return None
    if not all(name.isascii() for name in request.form):
        abort(400)  # our fields have plain names; "rows-²-code" would pass isdigit() and fail in int()
    rule = rule_for(current_app, request.endpoint, request.method)
    if rule is None:
        raise NotFound
    if rule.needs is PUBLIC:
        return None
    if not current_user.is_authenticated:
        answer: ResponseReturnValue = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        return answer
    somebody = actor()
    if somebody.must_change_password and request.endpoint not in BEFORE_PASSWORD:
        return redirect(url_for(FORCED_PASSWORD), 303)
    earlier = _earlier_result(somebody)
    if earlier is not None:
        return redirect(earlier, 303)
    _admit(somebody, rule, request.view_args or {})
    return _independence_first(rule)


def _admit(somebody: Actor, rule: Rule, named: dict[str, Any]) -> None:
    if any(isinstance(value, int) and value >= LARGEST_NUMBER for value in named.values()):
        raise NotFound  # no column holds it, and the driver would raise
    if PROJECT_ID in named:
        g.reach = project_for(somebody, named[PROJECT_ID])
    if not isinstance(rule.needs, Permission) or not may(somebody, rule.needs):
        raise Forbidden


def may_send(endpoint: str, named: dict[str, Any]) -> Reach | None:
    """Whether whoever is logged in might send a form to this route: refused as the request itself would be.

    Returns the project it names. For what is kept on the way to sending it.
    """
    rule = rule_for(current_app, endpoint, "POST")
    if rule is None:
        raise NotFound
    _admit(actor(), rule, named)
    if PROJECT_ID not in named:
        return None
    _independence_first(rule)
    return reach()


def _earlier_result(somebody: Actor) -> str | None:
    """Where a form that was sent before had led: its sender may have lost the project by the act itself, and what
    he chose may no longer be a choice. Buttons that only add or remove a row are no sending, nor is a draft."""
    key = request.form.get("form_key", "")[:64]
    if not key or request.endpoint == KEEPS_DRAFTS or not ROW_BUTTONS.isdisjoint(request.form):
        return None
    return form_keys.result(key, actor=somebody)


def _independence_first(rule: Rule) -> ResponseReturnValue | None:
    """Before he declares himself independent an evaluator sees one page of the project, and no other."""
    found: Reach | None = g.get("reach")
    if found is None or found.viewer is not Viewer.FIRM or found.declared or rule.before_declaring:
        return None
    if request.method != "GET":
        raise Forbidden
    return redirect(url_for(INDEPENDENCE, project_id=found.id), 303)
