"""A hub of folders over HTTP on this machine, as much of its API as its client asks of a download.

`serve({"org/name": folder})` answers `api/models/...` (what a repository is, its tree) and
`.../resolve/...` with ranges, and counts the bytes of files that it sent.
"""

import hashlib
import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

API = re.compile(
    r"/api/models/(?P<id>[^/]+/[^/]+)(?:/(?P<verb>revision|tree)/(?P<revision>[^/]+))?"
)
FILE = re.compile(r"/(?P<id>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<file>.+)")


class Hub(ThreadingHTTPServer):
    """`gated` are ids of repositories that ask for an agreement, `stalled` files that never come.

    `asked` are the paths of all requests, `ranges` each file that was sent with its first byte, and
    `sent` counts bytes of files.
    """

    def __init__(self, folders):
        super().__init__(("127.0.0.1", 0), Handler)
        self.folders = {name: Path(folder) for name, folder in folders.items()}
        self.gated, self.stalled, self.ended = set(), set(), threading.Event()
        self.sent, self.ranges, self.asked = 0, [], []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def commit(self, name):
        """Of all bytes, as git's: another file is another commit."""
        held = [(f, (self.folders[name] / f).read_bytes()) for f in self.files(name)]
        return hashlib.sha1(repr(held).encode()).hexdigest()

    def files(self, name):
        folder = self.folders[name]
        return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def answer(self):
        path = unquote(urlsplit(self.path).path)
        match = API.fullmatch(path) or FILE.fullmatch(path)
        self.server.asked.append(path)
        if match is None or match["id"] not in self.server.folders:
            return self.refuse(404, "RepoNotFound")
        name, commit = match["id"], self.server.commit(match["id"])
        if match["revision"] not in (None, "main", commit):
            return self.refuse(404, "RevisionNotFound")
        if "file" in match.groupdict():
            return self.give(name, commit, match["file"])
        files = self.server.files(name)
        if match["verb"] == "tree":
            return self.say([entry(self.server.folders[name], file) for file in files])
        return self.say({"id": name, "sha": commit, "siblings": [{"rfilename": f} for f in files]})

    def refuse(self, code, why):
        self.send_response(code)
        self.send_header("X-Error-Code", why)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def say(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def give(self, name, commit, file):
        path = self.server.folders[name] / file
        if name in self.server.gated:
            return self.refuse(403, "GatedRepo")
        if not path.is_file():
            return self.refuse(404, "EntryNotFound")
        body, start = path.read_bytes(), 0
        if found := re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")):
            start = int(found[1])
        self.send_response(206 if start else 200)
        self.send_header("X-Repo-Commit", commit)
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(body) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.end_headers()
        if self.command == "HEAD":
            return
        if file in self.server.stalled:
            self.server.ended.wait()
            return
        rest = body[start:]
        self.server.ranges.append((file, start))
        self.server.sent += len(rest)
        self.wfile.write(rest)


def entry(folder, file):
    body = (folder / file).read_bytes()
    return {
        "type": "file",
        "path": file,
        "size": len(body),
        "oid": hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest(),
    }


@contextmanager
def serve(folders):
    """A running hub; ended when the block is left."""
    hub = Hub(folders)
    thread = threading.Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.ended.set()
        hub.shutdown()
        hub.server_close()
        thread.join()
