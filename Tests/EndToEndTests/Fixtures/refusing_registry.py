# SPDX-License-Identifier: Apache-2.0
"""A registry that answers every request below /v2/sNNN/ with the status NNN. Prints its port; ends with its input."""
import http.server
import re
import sys
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def refuse(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        found = re.match(r"/v2/s(\d+)/", self.path)
        status = int(found.group(1)) if found else 200
        body = b'{"errors":[{"code":"DENIED","message":"go away"}]}' if found else b"{}"
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="test"')
        if status == 429:
            self.send_header("Retry-After", "0")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = refuse

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
server.serve_forever()
