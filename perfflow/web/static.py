"""Our static files go over the line compressed. Pages never do: a token and typed text in one compressed answer leak.

WhiteNoise would want compressed copies on disk, made anew with every change; these few files are compressed once
while serving.
"""

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request

TEXTS = (".css", ".js", ".svg")


def init_app(app: Flask) -> None:
    app.after_request(_compressed)


def _compressed(response: Response) -> Response:
    if request.endpoint != "static" or response.status_code != 200:
        return response
    name = (request.view_args or {})["filename"]
    digest = request.args.get("v", "")  # without it the content may change under the same address
    if not digest or not name.endswith(TEXTS):
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings.quality("gzip") and "Range" not in request.headers:
        response.direct_passthrough = False
        response.set_data(_gzip(Path(str(current_app.static_folder), name), digest))
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("ETag", None)  # it names the plain bytes
    return response


@lru_cache(maxsize=64)
def _gzip(path: Path, digest: str) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)
