"""As much of S3's REST interface as a blob store needs, in memory: to test the adapter over the wire."""

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
PAGE = 3
"""Keys a page of a listing: few, so that tests cross pages."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.lock = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the base class
        """Say nothing."""

    @property
    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).lstrip("/").partition("/")[2]

    def do_PUT(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            taken = self.headers.get("If-None-Match") == "*" and self._key in self.server.objects
            if not taken:
                self.server.objects[self._key] = data
        self._answer(412 if taken else 200, b"", etag=data)

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        if "list-type" in query:
            self._list(query)
            return
        with self.server.lock:
            data = self.server.objects.get(self._key)
        if data is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        else:
            self._answer(200, data, etag=data)

    do_HEAD = do_GET  # noqa: N815 - its name in the base class

    def do_POST(self) -> None:
        """Delete the keys that the body lists."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        keys = [unescape(key) for key in re.findall("<Key>(.*?)</Key>", body)]
        with self.server.lock:
            for key in keys:
                self.server.objects.pop(key, None)
        rows = "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in keys)
        self._answer(
            200, f'<?xml version="1.0"?><DeleteResult xmlns="{_NAMESPACE}">{rows}</DeleteResult>'.encode()
        )

    def _list(self, query: dict[str, list[str]]) -> None:
        prefix = query.get("prefix", [""])[0]
        start = query.get("continuation-token", [""])[0]
        with self.server.lock:
            found = sorted(
                (key, data)
                for key, data in self.server.objects.items()
                if key.startswith(prefix) and key > start
            )
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-03-01T12:00:00.000Z</LastModified>"
            f"<ETag>{_etag(data)}</ETag><Size>{len(data)}</Size></Contents>"
            for key, data in found[:PAGE]
        )
        more = len(found) > PAGE
        token = f"<NextContinuationToken>{escape(found[PAGE - 1][0])}</NextContinuationToken>" if more else ""
        body = (
            '<?xml version="1.0"?><ListBucketResult xmlns="' + _NAMESPACE + '">'
            f"<IsTruncated>{str(more).lower()}</IsTruncated>{rows}{token}</ListBucketResult>"
        )
        self._answer(200, body.encode())

    def _answer(self, status: int, body: bytes, *, etag: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", _etag(etag))
        self.send_header("Last-Modified", "Sun, 01 Mar 2026 12:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _etag(data: bytes) -> str:
    return f'"{hashlib.blake2b(data, digest_size=16).hexdigest()}"'


@contextmanager
def fake_s3() -> Iterator[str]:
    """The endpoint's URL while the block runs; any bucket exists."""
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
