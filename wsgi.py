"""Production entry for waitress or gunicorn: `waitress-serve wsgi:application`.

Starts only with a secret key of its own, and over demo data only with PERFFLOW_DEMO=1.
"""

import os

from perfflow import create_app, need_readable
from perfflow.config import StartupRefused
from perfflow.db import database_is_demo

try:
    application = create_app(production=True)
    need_readable(application)
    # the demo's password is public, and here nothing says that only this machine can connect
    if database_is_demo(application) and os.environ.get("PERFFLOW_DEMO") != "1":
        raise StartupRefused(
            "这是演示数据库，口令是公开的，不作正式使用。请用 PERFFLOW_INSTANCE 指定正式数据文件夹，"
            "确要对外演示请设置 PERFFLOW_DEMO=1。"
        )
except StartupRefused as refusal:
    # one sentence for the operator; a traceback would bury it
    raise SystemExit(str(refusal)) from None
