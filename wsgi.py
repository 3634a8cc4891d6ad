"""Production entry for waitress or gunicorn: `waitress-serve wsgi:application`.

Starts only with a secret key of its own, and over demo data only with PERFFLOW_DEMO=1.
"""

from perfflow import create_app
from perfflow.config import StartupRefused

try:
    application = create_app(production=True)
except StartupRefused as refusal:
    # one sentence for the operator; a traceback would bury it
    raise SystemExit(str(refusal)) from None
