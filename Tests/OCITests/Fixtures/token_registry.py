# SPDX-License-Identifier: Apache-2.0
"""A registry with token authentication, and the evil things registries do, by the name of the repository.

usage: token_registry.py PORT OTHER-PORT LOG. The same program listens on OTHER-PORT as another origin. Every request
is written to LOG as a line of JSON with its authorisation.
"""
import base64
import hashlib
import http.server
import json
import sys
import threading
import urllib.parse

port, other, log = int(sys.argv[1]), int(sys.argv[2]), open(sys.argv[3], "a", buffering=1)
BLOB = b"the bytes of the blob\n"
DIGEST = "sha256:" + hashlib.sha256(BLOB).hexdigest()
MANIFEST = json.dumps({
    "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "config": {"mediaType": "application/x", "digest": DIGEST, "size": len(BLOB)}, "layers": [],
}).encode()
MANIFEST_DIGEST = "sha256:" + hashlib.sha256(MANIFEST).hexdigest()
tokens = set()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", headers.pop("length", str(len(body))))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_any(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        me = self.server.server_port
        authorization = self.headers.get("Authorization", "")
        log.write(json.dumps({
            "port": me, "method": self.command, "path": self.path, "authorization": authorization, "body": body,
        }) + "\n")
        url = urllib.parse.urlparse(self.path)
        query = urllib.parse.parse_qs(url.query)
        if url.path == "/token":
            return self.token(query, body, authorization)
        if me == other:
            return self.answer(200, BLOB, Docker_Content_Digest=DIGEST)
        parts = url.path.split("/")
        if len(parts) < 4 or parts[1] != "v2":
            return self.answer(404)
        kind = parts[2]
        if kind != "open" and authorization[7:] not in tokens:
            realm = f"http://127.0.0.1:{port}/token"
            if kind == "elsewhere":
                realm = f"http://192.0.2.1:{other}/token"
            challenge = f'Bearer realm="{realm}",service="test",scope="repository:{kind}:pull"'
            return self.answer(401, WWW_Authenticate=challenge)
        self.content(kind, parts[3:], query)

    def content(self, kind, rest, query):
        if rest[0] == "manifests":
            digest = "sha256:" + "0" * 64 if kind == "liar" else MANIFEST_DIGEST
            type = "application/vnd.oci.image.manifest.v1+json"
            if kind == "confused":
                type = "application/vnd.oci.image.index.v1+json"
            if kind == "huge":
                self.send_response(200)
                self.send_header("Content-Type", type)
                self.end_headers()
                if self.command != "HEAD":
                    try:
                        while True:
                            self.wfile.write(b" " * 65536)
                    except OSError:
                        pass
                self.close_connection = True
                return
            return self.answer(200, MANIFEST, Content_Type=type, Docker_Content_Digest=digest)
        if rest[0] == "blobs" and rest[1] == "uploads":
            if kind == "upload":
                return self.answer(202, Location=f"http://localhost:{other}/upload?state=1")
            return self.answer(202, Location="/v2/" + kind + "/blobs/uploads/1")
        if rest[0] == "blobs":
            if kind == "redirect" and self.command == "GET":
                return self.answer(307, Location=f"http://localhost:{other}/blob")
            if kind == "wrong":
                return self.answer(200, BLOB.upper())
            if kind == "short" and self.command == "GET":
                self.send_response(200)
                self.send_header("Content-Length", str(len(BLOB)))
                self.end_headers()
                self.wfile.write(BLOB[:5])
                self.close_connection = True
                return
            return self.answer(200, BLOB)
        if rest[0] == "tags":
            last = int(query.get("last", ["0"])[0])
            if kind == "endless":
                body = json.dumps({"tags": [f"v{last + number}" for number in range(1000)]}).encode()
                return self.answer(200, body, Link=f'</v2/endless/tags/list?last={last + 1000}>; rel="next"')
            if kind == "sent-on":
                return self.answer(200, b'{"tags":["v1"]}', Link=f'<http://localhost:{other}/more>; rel="next"')
            pages = {0: ["v1", "v2"], 2: ["v3"]}
            headers = {"Link": f'</v2/{kind}/tags/list?last=2>; rel="next"'} if last == 0 else {}
            return self.answer(200, json.dumps({"tags": pages[last]}).encode(), **headers)
        self.answer(404)

    def token(self, query, body, authorization):
        form = urllib.parse.parse_qs(body)
        if authorization.startswith("Basic "):
            if base64.b64decode(authorization[6:]) != b"carrier:swordfish":
                return self.answer(401)
        elif form and form.get("refresh_token") != ["refresh-me"]:
            return self.answer(401)
        token = f"token-{len(tokens)}"
        tokens.add(token)
        self.answer(200, json.dumps({"token": token, "expires_in": 300}).encode())

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def log_message(self, *arguments):
        pass


for number in (other, port):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", number), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
thread.join()
