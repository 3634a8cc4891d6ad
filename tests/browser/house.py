"""The product served from a folder, as a process of its own: `python -m tests.browser.house FOLDER`.

Prints its address. It lives on the day of the other tests, and time goes on from there.
"""

import sys
import time
from datetime import timedelta
from pathlib import Path

from waitress import create_server

from perfflow.core import clock
from tests.conftest import open_app
from tests.make import NOW

THREADS = 4


def main(folder: Path) -> None:
    began = time.monotonic()
    # clock.at() holds for one thread only, and a server has several
    clock.now = lambda: NOW + timedelta(seconds=time.monotonic() - began)
    # as in service: an error is a page, and nothing is done that only tests would do
    app = open_app(folder, TESTING=False)
    server = create_server(app, host="127.0.0.1", port=0, threads=THREADS)
    print(f"http://127.0.0.1:{server.effective_port}", flush=True)
    server.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
