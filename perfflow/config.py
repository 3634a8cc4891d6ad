"""Settings, each from the environment or instance/, checked at start."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_KEY = 32
MEGABYTE = 1024 * 1024


class StartupRefused(Exception):
    """The application does not start; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is in force. `proxies`: how many trusted reverse proxies stand in front. Times in minutes."""

    instance: Path
    database_url: str
    secret_key: str
    production: bool
    proxies: int
    trusted_hosts: tuple[str, ...]
    idle_minutes: int
    longest_minutes: int
    password_profile: str

    @property
    def files(self) -> Path:
        return self.instance / "files"


def load(*, production: bool, instance: Path | None) -> Settings:
    """Read the settings. Raises StartupRefused with one sentence."""
    folder = (instance or Path(os.environ.get("PERFFLOW_INSTANCE") or ROOT / "instance")).resolve()
    default_url = f"sqlite:///{folder / 'perfflow.db'}"
    return Settings(
        instance=folder,
        database_url=os.environ.get("PERFFLOW_DATABASE_URL", default_url),
        secret_key=_secret_key(folder, production),
        production=production,
        proxies=_whole("PERFFLOW_PROXIES", 0, 0, 5),
        trusted_hosts=tuple(host for host in os.environ.get("PERFFLOW_HOSTS", "").split(",") if host),
        idle_minutes=_whole("PERFFLOW_IDLE_MINUTES", 30, 5, 24 * 60),
        longest_minutes=_whole("PERFFLOW_LONGEST_MINUTES", 12 * 60, 30, 7 * 24 * 60),
        password_profile=_one_of("PERFFLOW_PASSWORDS", "dengbao3", ("dengbao3", "asvs")),
    )


def flask_config(settings: Settings) -> dict[str, Any]:
    """The same in Flask's words, and the limits on what may be sent."""
    return {
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": 52 * MEGABYTE,
        "MAX_FORM_MEMORY_SIZE": 4 * MEGABYTE,
        "MAX_FORM_PARTS": 5000,
        "WTF_CSRF_TIME_LIMIT": None,  # a form is filled in for two hours; the token is bound to the session
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "TRUSTED_HOSTS": list(settings.trusted_hosts) or None,
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "PERFFLOW": settings,
    }


def _secret_key(folder: Path, production: bool) -> str:
    stored = folder / "secret_key"
    key = os.environ.get("PERFFLOW_SECRET_KEY") or (stored.read_text().strip() if stored.is_file() else "")
    if len(key) >= SHORTEST_KEY and len(set(key)) > 8:
        return key
    if production or key:
        raise StartupRefused(
            f"缺少会话密钥，或密钥过短：请在 {stored} 写入至少 {SHORTEST_KEY} 位随机字符"
            "（或设置 PERFFLOW_SECRET_KEY），再启动。"
        )
    return "x" * SHORTEST_KEY  # commands without a session, on a folder that was never served


def _whole(name: str, default: int, lowest: int, highest: int) -> int:
    text = os.environ.get(name, str(default))
    if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= highest:
        raise StartupRefused(f"环境变量 {name} 应为 {lowest} 到 {highest} 之间的整数，现在是“{text}”。")
    return int(text)


def _one_of(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = os.environ.get(name, default)
    if value not in allowed:
        raise StartupRefused(f"环境变量 {name} 应为 {'、'.join(allowed)} 之一，现在是“{value}”。")
    return value
