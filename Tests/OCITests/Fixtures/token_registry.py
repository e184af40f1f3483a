# SPDX-License-Identifier: Apache-2.0
"""A registry with token authentication, and the evil things registries do, by the name of the repository.

usage: token_registry.py PORT OTHER-PORT LOG [CERTIFICATE KEY]. With a certificate PORT speaks TLS. The same program listens on OTHER-PORT as another origin. Every request
is written to LOG as a line of JSON with its authorisation.
"""
import base64
import collections
import hashlib
import http.server
import json
import ssl
import sys
import threading
import urllib.parse

scheme = "https" if len(sys.argv) > 4 else "http"
port, other, log = int(sys.argv[1]), int(sys.argv[2]), open(sys.argv[3], "a", buffering=1)
BLOB = b"the bytes of the blob\n"
DIGEST = "sha256:" + hashlib.sha256(BLOB).hexdigest()
MANIFEST = json.dumps({
    "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "config": {"mediaType": "application/x", "digest": DIGEST, "size": len(BLOB)}, "layers": [],
}).encode()
MANIFEST_DIGEST = "sha256:" + hashlib.sha256(MANIFEST).hexdigest()
# What each token may do, and how often each repository was asked.
tokens, asked = {}, collections.Counter()
FOREIGN = json.dumps({
    "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "config": {"mediaType": "application/x", "digest": DIGEST, "size": len(BLOB)},
    "layers": [{
        "mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "digest": "sha256:" + "7" * 64,
        "size": 7, "urls": [f"http://localhost:{other}/foreign"],
    }],
}).encode()
FOREIGN_DIGEST = "sha256:" + hashlib.sha256(FOREIGN).hexdigest()


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
        if url.path == "/token-moved":
            return self.answer(307, Location=f"http://localhost:{other}/token")
        if url.path == "/challenge":
            return self.answer(401, WWW_Authenticate=f'Bearer realm="http://localhost:{other}/token",service="x"')
        if me == other:
            return self.answer(200, BLOB, Docker_Content_Digest=DIGEST)
        if url.path == "/v2/_catalog":
            last = int(query.get("last", ["0"])[0])
            names = [f"other/{last + number}" for number in range(50_000)]
            body = json.dumps({"repositories": names}).encode()
            return self.answer(200, body, Link=f'</v2/_catalog?last={last + 50_000}>; rel="next"')
        parts = url.path.split("/")
        if len(parts) < 4 or parts[1] != "v2":
            return self.answer(404)
        kind = parts[2]
        wanted = {f"repository:{kind}:" + ("pull" if self.command in ("GET", "HEAD") else "pull,push")}
        # A mount reads another repository, so the distribution project's registry wants to know who does.
        wanted |= {f"repository:{name}:pull" for name in query.get("from", [])}
        if kind != "open" and not wanted <= tokens.get(authorization[7:], set()):
            realm = f"{scheme}://127.0.0.1:{port}/token"
            if kind == "downgrade":
                realm = f"http://127.0.0.1:{other}/token"
            if kind == "elsewhere":
                realm = f"http://192.0.2.1:{other}/token"
            if kind == "moved":
                realm += "-moved"
            challenge = f'Bearer realm="{realm}",service="test",scope="{" ".join(sorted(wanted))}"'
            return self.answer(401, WWW_Authenticate=challenge)
        asked[kind] += 1
        if kind == "busy" and asked[kind] < 3:
            return self.answer(429, Retry_After="7")
        if kind == "flaky" and asked[kind] < 3:
            return self.answer(503)
        if kind == "overrun":
            return self.answer(429, b'{"errors":[{"code":"TOOMANYREQUESTS"}]}', Retry_After="86400")
        if kind == "down":
            return self.answer(503)
        if kind == "forgetful":
            tokens.clear()
        self.content(kind, parts[3:], query)

    def content(self, kind, rest, query):
        if rest[0] == "manifests":
            digest = "sha256:" + "0" * 64 if kind == "liar" else MANIFEST_DIGEST
            type = "application/vnd.oci.image.manifest.v1+json"
            if self.command == "PUT":
                return self.answer(201, Docker_Content_Digest=FOREIGN_DIGEST if kind == "rewriter" else digest)
            if kind == "foreign":
                return self.answer(200, FOREIGN, Content_Type=type, Docker_Content_Digest=FOREIGN_DIGEST)
            if kind == "headless":
                # No HEAD, no digest, and always the same manifest, whichever was asked for.
                return self.answer(405 if self.command == "HEAD" else 200, MANIFEST, Content_Type=type)
            if kind == "weak":
                return self.answer(200, MANIFEST, Content_Type=type, Docker_Content_Digest="md5:" + "0" * 32)
            if kind == "untyped":
                return self.answer(200, MANIFEST, Content_Type="text/plain", Docker_Content_Digest=digest)
            if kind == "ancient":
                old = "application/vnd.docker.distribution.manifest.v1+prettyjws"
                return self.answer(200, b'{"schemaVersion":1}', Content_Type=old)
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
            if self.command == "PUT":
                asked[kind + " uploads"] += 1
                return self.answer(503 if kind == "hiccup" and asked[kind + " uploads"] == 1 else 201)
            if kind == "mounts" and "mount" in query:
                asked["mounted " + query["mount"][0]] += 1
                return self.answer(201)
            if kind == "upload":
                return self.answer(202, Location=f"http://localhost:{other}/upload?state=1")
            return self.answer(202, Location="/v2/" + kind + "/blobs/uploads/1")
        if rest[0] == "blobs":
            if kind == "mounts":
                isThere = asked["mounted " + rest[1]] > 0
                return self.answer(200, b"shared") if isThere else self.answer(404)
            if kind == "redirect" and self.command == "GET":
                return self.answer(307, Location=f"http://localhost:{other}/blob")
            if kind == "foreign" and rest[1] != DIGEST:
                return self.answer(404)
            if kind == "challenged" and self.command == "GET":
                return self.answer(307, Location=f"http://localhost:{other}/challenge")
            if kind == "long" and self.command == "GET":
                return self.answer(200, BLOB + BLOB)
            if kind == "cut" and self.command == "GET":
                return self.answer(200, BLOB[:5])
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
            if kind == "numbers":
                return self.answer(200, json.dumps({"tags": list(range(1000))}).encode(),
                                   Link=f'</v2/numbers/tags/list?last={last + 1000}>; rel="next"')
            if kind == "loop":
                return self.answer(200, b'{"tags":["v1"]}', Link=f'</v2/loop/tags/list?last={1 - last}>; rel="next"')
            if kind == "links":
                pages = {0: ["v1"], 1: ["v2"]}
                links = '</v2/links/tags/list?last=0>; rel="prev"; title="next"'
                if last == 0:
                    links += ', </v2/links/tags/list?last=1>; title="a, b"; rel=next'
                return self.answer(200, json.dumps({"tags": pages[last]}).encode(), Link=links)
            if kind == "words":
                return self.answer(200, json.dumps({"tags": ["v1", "../../x", "a b", "\x1b[2J", "", None]}).encode())
            if kind == "sent-on":
                return self.answer(200, b'{"tags":["v1"]}', Link=f'<http://localhost:{other}/more>; rel="next"')
            pages = {0: ["v1", "v2"], 2: ["v3"]}
            headers = {"Link": f'</v2/{kind}/tags/list?last=2>; rel="next"'} if last == 0 else {}
            return self.answer(200, json.dumps({"tags": pages[last]}).encode(), **headers)
        if rest[0] == "referrers":
            last = int(query.get("last", ["0"])[0])
            entry = {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:" + str(last % 10) * 64,
                     "size": 2, "artifactType": "application/x"}
            index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [entry]}
            link = {"Link": f'<?last={last + 1}>; rel="next"'} if last < 2 or kind == "endless" else {}
            if kind == "endless":
                index["manifests"] = [entry] * 1000
            return self.answer(200, json.dumps(index).encode(), **link)
        self.answer(404)

    def token(self, query, body, authorization):
        form = urllib.parse.parse_qs(body)
        if authorization.startswith("Basic "):
            if base64.b64decode(authorization[6:]) != b"carrier:swordfish":
                return self.answer(401)
        elif form and form.get("refresh_token") != ["refresh-me"]:
            return self.answer(401)
        scopes = query.get("scope", []) + [scope for scopes in form.get("scope", []) for scope in scopes.split()]
        asked["tokens"] += 1
        token = f"token-{asked['tokens']}"
        # As real services do: what is not allowed is left out of the token, and nothing is said.
        tokens[token] = {scope for scope in scopes if scope != "repository:secret:pull"}
        self.answer(200, json.dumps({"token": token, "expires_in": 300}).encode())

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def log_message(self, *arguments):
        pass


for number in (other, port):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", number), Handler)
    server.daemon_threads = True
    if scheme == "https" and number == port:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[4], sys.argv[5])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
thread.join()
