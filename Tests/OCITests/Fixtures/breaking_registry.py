# SPDX-License-Identifier: Apache-2.0
"""A registry whose connections break, by the name of the repository.

usage: breaking_registry.py PORT OTHER-PORT LOG. Every request is written to LOG as a line of JSON, when it has ended, with the
bytes that went either way. The same program listens on OTHER-PORT as another origin.
"""
import hashlib
import http.server
import json
import sys
import threading
import urllib.parse

port, other = int(sys.argv[1]), int(sys.argv[2])
log = open(sys.argv[3], "a", buffering=1)
BLOB = b"".join(hashlib.sha256(str(n).encode()).digest() for n in range(200_000))
DIGEST = "sha256:" + hashlib.sha256(BLOB).hexdigest()
CUT = 2_000_000
other_content = b"x" * len(BLOB)
uploads, stored, asked, lock = {}, {}, {}, threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_any(self):
        self.moved = 0
        try:
            self.route()
        finally:
            log.write(json.dumps({
                "port": self.server.server_port, "line": f"{self.command} {self.path}", "moved": self.moved,
                "range": self.headers.get("Range", ""), "ifRange": self.headers.get("If-Range", ""),
                "authorization": self.headers.get("Authorization", ""),
            }) + "\n")

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def route(self):
        url = urllib.parse.urlparse(self.path)
        query = urllib.parse.parse_qs(url.query)
        parts = url.path.split("/")
        self.repository = parts[2]
        if self.repository == "secret" and not self.headers.get("Authorization") and self.server.server_port == port:
            return self.answer(401, WWW_Authenticate='Basic realm="test"')
        if parts[3:5] == ["blobs", "uploads"]:
            return self.upload(parts[5] if len(parts) > 5 else "", query)
        if parts[3] == "blobs":
            return self.blob(parts[4])
        self.answer(404)

    # Reading

    def blob(self, digest):
        content = stored.get((self.repository, digest), BLOB if digest == DIGEST else None)
        if content is None or (self.command == "HEAD" and (self.repository, digest) not in stored):
            return self.answer(404)
        if self.command == "HEAD":
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            return self.end_headers()
        if self.repository == "secret" and self.server.server_port == port:
            return self.answer(307, Location=f"http://localhost:{other}{self.path}")
        start, status = 0, 200
        wanted = self.headers.get("Range", "")
        if wanted.startswith("bytes=") and self.repository != "noranges":
            start, status = int(wanted[6:].rstrip("-")), 206
        if start >= len(content):
            return self.answer(416)
        if self.repository == "changed" and self.headers.get("If-Range"):
            start, status, content = 0, 200, other_content
        if self.repository == "lies" and status == 206:
            start -= 1000
        end = len(content)
        if self.repository == "pieces" and status == 206:
            end = min(end, start + CUT)
        self.send_response(status)
        self.send_header("ETag", '"the-tag"')
        if status == 206:
            claimed = len(content) + (1 if self.repository == "grown" else 0)
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{claimed}")
        self.send_header("Content-Length", str(end - start + (1000 if self.repository == "overstated" else 0)))
        self.end_headers()
        with lock:
            count = asked[self.repository] = asked.get(self.repository, 0) + 1
        cut = end
        if self.repository == "stuck" and count > 1:
            cut = start
        elif self.repository == "noranges":
            cut = min(end, CUT * count)
        elif self.repository not in ("whole", "overstated") and content is not other_content:
            cut = min(end, start + CUT)
        self.wfile.write(content[start:cut])
        self.moved = cut - start
        if cut < end or self.repository == "overstated":
            self.close_connection = True

    # Writing

    def body(self):
        """Yields what comes; ends early when the connection breaks."""
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            left = int(self.headers.get("Content-Length") or 0)
            while left > 0:
                piece = self.rfile.read1(min(left, 65536))
                if not piece:
                    return
                left -= len(piece)
                yield piece
            return
        while True:
            left = int(self.rfile.readline() or b"0", 16)
            if left == 0:
                self.rfile.readline()
                return
            while left > 0:
                piece = self.rfile.read1(min(left, 65536))
                if not piece:
                    return
                left -= len(piece)
                yield piece
            self.rfile.readline()

    def upload(self, number, query):
        me = self.server.server_port
        if self.command == "POST":
            with lock:
                number = str(len(uploads) + 1)
                uploads[number] = bytearray()
            origin = f"http://localhost:{other}" if self.repository == "moved" else ""
            return self.answer(202, Location=f"{origin}/v2/{self.repository}/blobs/uploads/{number}")
        data = uploads.get(number)
        if data is None:
            return self.answer(404)
        place = f"http://localhost:{me}{urllib.parse.urlparse(self.path).path}"
        if self.command == "GET":
            field = {
                "forgets": None, "nonsense": "soon", "negative": "0--5", "ahead": f"0-{10 ** 15}",
            }.get(self.repository, f"0-{max(len(data) - 1, 0)}")
            return self.answer(404) if field is None else self.answer(204, Range=field, Location=place)
        if self.command == "DELETE":
            del uploads[number]
            return self.answer(204)
        if self.command == "PATCH" and self.repository == "wholeonly":
            self.close_connection = True
            return self.answer(411)
        with lock:
            count = asked[self.repository] = asked.get(self.repository, 0) + 1
        for piece in self.body():
            data += piece
            self.moved += len(piece)
            if self.command == "PATCH" and (self.repository, count) in (("breaks", 1), ("forgets", 1), ("spoils", 1),
                                                                        ("nonsense", 1), ("ahead", 1), ("negative", 1)) \
                    and self.moved >= CUT:
                if self.repository == "spoils":
                    data[5] ^= 1
                self.close_connection = True
                return
        if self.command == "PATCH":
            if (self.repository, count) == ("doubles", 1):
                data[:0] = data[:CUT]
            return self.answer(202, Location=place, Range=f"0-{max(len(data) - 1, 0)}")
        digest = query["digest"][0]
        if digest != "sha256:" + hashlib.sha256(data).hexdigest():
            del uploads[number]
            return self.answer(400, b'{"errors":[{"code":"DIGEST_INVALID","message":"other bytes"}]}')
        stored[(self.repository, digest)] = bytes(data)
        del uploads[number]
        self.answer(201)

    def log_message(self, *arguments):
        pass


threading.Thread(target=http.server.ThreadingHTTPServer(("127.0.0.1", other), Handler).serve_forever, daemon=True).start()
http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
