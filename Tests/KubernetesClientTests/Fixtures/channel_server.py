# SPDX-License-Identifier: Apache-2.0
"""An API server that only knows exec, attach and logs of pods, over WebSockets with channel.k8s.io protocols.

usage: channel_server.py PORT
The command decides what happens: cat, fail N, big N, sizes, unable, vanish.
"""
import base64, hashlib, json, socketserver, struct, sys
from urllib.parse import parse_qs, urlsplit


class Gone(Exception):
    pass


class Handler(socketserver.StreamRequestHandler):
    def take(self, size):
        data = self.rfile.read(size)
        if len(data) < size:
            raise Gone()
        return data

    def read(self):
        first, second = self.take(2)
        size = second & 127
        if size == 126:
            (size,) = struct.unpack(">H", self.take(2))
        elif size == 127:
            (size,) = struct.unpack(">Q", self.take(8))
        mask, data = self.take(4), self.take(size)
        return first & 15, bytes(byte ^ mask[i & 3] for i, byte in enumerate(data))

    def frame(self, kind, payload):
        size = len(payload)
        head = bytes([0x80 | kind])
        if size < 126:
            head += bytes([size])
        elif size < 65536:
            head += bytes([126]) + struct.pack(">H", size)
        else:
            head += bytes([127]) + struct.pack(">Q", size)
        self.wfile.write(head + payload)

    def say(self, channel, payload):
        self.frame(2, bytes([channel]) + payload)

    def finish_with(self, status):
        self.say(3, json.dumps(status).encode())
        self.frame(8, struct.pack(">H", 1000))

    def exit(self, code):
        if code == 0:
            return self.finish_with({"metadata": {}, "status": "Success"})
        self.finish_with({
            "metadata": {}, "status": "Failure", "message": "command terminated with non-zero exit code",
            "reason": "NonZeroExitCode", "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]}})

    def answer(self, code, body, kind="application/json"):
        data = body.encode()
        self.wfile.write(
            f"HTTP/1.1 {code} -\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n".encode() + data)

    def handle(self):
        try:
            self.serve()
        except (Gone, ConnectionError):
            pass

    def serve(self):
        words = self.rfile.readline().decode().split()
        if len(words) < 2:
            return
        fields = {}
        while (line := self.rfile.readline().decode().strip()):
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
        url = urlsplit(words[1])
        query = parse_qs(url.query)
        if fields.get("authorization") != "Bearer t":
            return self.answer(401, json.dumps({"kind": "Status", "status": "Failure", "reason": "Unauthorized", "code": 401, "message": "Unauthorized"}))
        if "/pods/gone/" in url.path:
            return self.answer(404, json.dumps({"kind": "Status", "status": "Failure", "reason": "NotFound", "code": 404, "message": 'pods "gone" not found'}))
        if "upgrade" not in fields:
            return self.answer(400, "Upgrade request required", "text/plain")
        offered = [p.strip() for p in fields.get("sec-websocket-protocol", "").split(",")]
        chosen = "" if "/pods/old/" in url.path else "v4.channel.k8s.io" if "/pods/four/" in url.path else offered[0]
        accept = base64.b64encode(hashlib.sha1((fields["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        self.wfile.write(
            (f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n"
             + (f"Sec-WebSocket-Protocol: {chosen}\r\n" if chosen else "") + "\r\n").encode())
        for channel in (0, 1, 2, 3):
            self.say(channel, b"")
        command = query.get("command", ["attach"])
        self.say(2, json.dumps({key: query[key] for key in sorted(query)}).encode())
        self.run(command)
        while True:
            self.read()

    def run(self, command):
        if command[0] == "fail":
            self.say(1, b"out")
            self.say(2, b"err")
            self.exit(int(command[1]))
        elif command[0] == "big":
            for number in range(int(command[1])):
                self.say(1, bytes([number & 255]) * 32768)
            self.exit(0)
        elif command[0] == "unable":
            self.finish_with({"kind": "Status", "status": "Failure", "reason": "InternalError", "code": 500, "message": "no such program"})
        elif command[0] == "vanish":
            self.say(1, b"x")
            raise Gone()
        else:
            while True:
                kind, data = self.read()
                if kind == 8:
                    raise Gone()
                if kind != 2:
                    continue
                if data[0] == 255 and data[1] == 0 or data[1:] == b"end":
                    return self.exit(0)
                self.say(1, (b"size " if data[0] == 4 else b"") + data[1:])


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


with Server(("127.0.0.1", int(sys.argv[1])), Handler) as server:
    server.serve_forever()
