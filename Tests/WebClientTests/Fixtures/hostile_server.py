# SPDX-License-Identifier: Apache-2.0
"""A web server that misbehaves on request. Prints its port, ends when its standard input does.

usage: hostile_server.py [certificate key [client-authority]]
"""
import hashlib, json, os, socket, ssl, struct, sys, threading, time
from urllib.parse import parse_qsl, urlsplit

counts, lock = {}, threading.Lock()


def count(name, by=1):
    with lock:
        counts[name] = counts.get(name, 0) + by
        return counts[name]


class Gone(Exception):
    pass


class Connection:
    def __init__(self, sock):
        self.sock, self.buffer = sock, b""

    def more(self):
        data = self.sock.recv(1 << 18)
        if not data:
            raise Gone()
        self.buffer += data

    def line(self):
        while b"\r\n" not in self.buffer:
            self.more()
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line.decode("latin-1")

    def body(self, headers):
        """The pieces of the request's body."""
        fields = {name.lower(): value for name, value in headers}
        if fields.get("transfer-encoding") == "chunked":
            while True:
                size = int(self.line(), 16)
                yield from self.exactly(size)
                self.line()
                if size == 0:
                    return
        else:
            yield from self.exactly(int(fields.get("content-length", "0")))

    def exactly(self, left):
        while left:
            if not self.buffer:
                self.more()
            piece, self.buffer = self.buffer[:left], self.buffer[left:]
            left -= len(piece)
            yield piece

    def send(self, text):
        self.sock.sendall(text if isinstance(text, bytes) else text.encode("latin-1"))

    def answer(self, status, body=b"", fields=()):
        lines = [f"HTTP/1.1 {status} -"] + [f"{name}: {value}" for name, value in fields]
        if not any(name == "Content-Length" for name, _ in fields):
            lines.append(f"Content-Length: {len(body)}")
        self.send("\r\n".join(lines) + "\r\n\r\n")
        self.send(body)

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Gone()

    def until_gone(self, name):
        """Waits for the client to hang up, and counts it."""
        try:
            while True:
                self.buffer = b""
                self.more()
        except (Gone, OSError):
            count(name)
            raise Gone()


def frame(kind, payload, last=True):
    """An unmasked frame (RFC 6455 section 5.2)."""
    head = bytes([(0x80 if last else 0) | kind])
    size = len(payload)
    if size < 126:
        return head + bytes([size]) + payload
    return head + (bytes([126]) + struct.pack(">H", size) if size < 65536 else bytes([127]) + struct.pack(">Q", size)) + payload


def read_frame(c):
    def take(size):
        return b"".join(c.exactly(size))

    first, second = take(2)
    size = second & 127
    if size == 126:
        (size,) = struct.unpack(">H", take(2))
    elif size == 127:
        (size,) = struct.unpack(">Q", take(8))
    if not second & 128:
        raise Gone()
    mask = take(4)
    data = int.from_bytes(take(size), "little")
    pad = int.from_bytes((mask * (size // 4 + 1))[:size], "little")
    return first & 15, (data ^ pad).to_bytes(size, "little")


def socket_talk(c, fields, query):
    """A WebSocket that echoes, or does what the query says."""
    mode = query.get("mode", "")
    accept = hashlib.sha1((fields["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
    if mode == "wrong-accept":
        accept = b"x" * 20
    import base64
    offered = [p.strip() for p in fields.get("sec-websocket-protocol", "").split(",")]
    chosen = "other" if mode == "wrong-protocol" else offered[-1]
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: WebSocket", "Connection: keep-alive, Upgrade",
             "Sec-WebSocket-Accept: " + base64.b64encode(accept).decode()]
    if chosen:
        lines.append("Sec-WebSocket-Protocol: " + chosen)
    # The first frame comes with the head.
    c.send(("\r\n".join(lines) + "\r\n\r\n").encode() + frame(1, b"hello " + fields.get("host", "").encode()))
    hostile = {
        "masked": bytes([0x82, 0x81, 0, 0, 0, 0, 0]), "reserved": bytes([0xC2, 0]), "huge": bytes([0x82, 127]) + b"\x7f" + b"\xff" * 7,
        "long-ping": frame(9, b"x" * 126), "continuation": frame(0, b"x"), "interrupted": frame(2, b"x", False) + frame(2, b"y"),
        "endless": frame(2, b"x", False) + frame(0, b"x" * 60000, False) * 40, "cut": b"\x82\x7e", "unknown": bytes([0x83, 0]),
    }
    if mode in hostile:
        c.send(hostile[mode])
        if mode == "cut":
            raise Gone()
    if mode == "close":
        c.send(frame(8, struct.pack(">H", 1000)))
    if mode == "pings":
        c.send(frame(9, b"a") + frame(2, b"on", False) + frame(9, b"b") + frame(0, b"e"))
    while True:
        kind, payload = read_frame(c)
        if kind == 8:
            count("closes")
            if mode != "close":
                c.send(frame(8, payload))
            raise Gone()
        if kind == 10:
            count("pong " + payload.decode())
        elif kind in (1, 2):
            if mode == "slow":
                time.sleep(0.01)
            c.send(frame(kind, payload))


def exchange(c):
    if not c.buffer:
        c.more()
    if c.buffer[0] == 0x16:  # a TLS handshake
        c.answer(400, b"speak plainly")
        raise Gone()
    words = c.line().split(" ")
    headers = []
    while line := c.line():
        name, _, value = line.partition(":")
        headers.append((name, value.strip()))
    method, target = words[0], urlsplit(words[1])
    path, query = target.path, dict(parse_qsl(target.query))
    count("requests:" + path)

    def body():
        return b"".join(c.body(headers))

    if path == "/echo":
        digest, length = hashlib.sha256(), 0
        for piece in c.body(headers):
            digest.update(piece)
            length += len(piece)
        said = {"method": method, "target": words[1], "length": str(length), "digest": digest.hexdigest()}
        text = "".join(f"{k}={v}\n" for k, v in said.items()) + "".join(f"{n.lower()}: {v}\n" for n, v in headers)
        c.answer(200, b"" if method == "HEAD" else text.encode(), [("X-Twice", "a"), ("x-twice", "b")])
    elif path == "/counts":
        name = query["of"]
        c.answer(200, str(counts.get(name, 0)).encode())
    elif path == "/bytes":
        left = int(query["count"])
        c.send(f"HTTP/1.1 200 -\r\nContent-Length: {left}\r\n\r\n")
        block = bytes(range(256)) * 1024
        try:
            while left:
                left -= c.sock.send(block[: min(left, len(block))])
                count("bytes-sent", 0)
        except OSError:
            count("bytes-broken")
            raise Gone()
    elif path == "/status":
        body()
        c.answer(int(query["code"]), b"status")
    elif path == "/redirect":
        body()
        c.answer(int(query.get("code", "302")), b"elsewhere", [("Location", query["to"])])
    elif path == "/loop":
        c.answer(302, b"", [("Location", "/loop")])
    elif path.startswith("/flaky/"):
        length = len(body())
        if count(path) <= int(query["fail"]):
            fields = [("Retry-After", query["after"])] if "after" in query else []
            if query["code"] == "reset":
                c.reset()
            c.answer(int(query["code"]), b"not yet", fields)
        else:
            c.answer(200, f"{counts[path]} {length}".encode())
    elif path == "/truncated":
        c.send("HTTP/1.1 200 -\r\nContent-Length: 1000\r\n\r\n0123456789")
        raise Gone()
    elif path == "/truncated-chunks":
        c.send("HTTP/1.1 200 -\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n5\r\n01")
        raise Gone()
    elif path == "/until-close":
        c.send("HTTP/1.0 200 -\r\n\r\nall of it")
        raise Gone()
    elif path == "/too-long":
        c.send("HTTP/1.1 200 -\r\nContent-Length: 4\r\n\r\nfour and more")
        raise Gone()
    elif path == "/two-lengths":
        c.send("HTTP/1.1 200 -\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nfour5")
        raise Gone()
    elif path == "/loris":
        c.send("HTTP/1.1 200 -\r\n")
        while True:
            c.send("X: y\r\n")
            time.sleep(0.05)
    elif path == "/trickle":
        c.send("HTTP/1.1 200 -\r\nContent-Length: 100000\r\n\r\n")
        while True:
            c.send(b"x")
            time.sleep(0.05)
    elif path == "/silent":
        c.until_gone("silent-gone")
    elif path == "/giant-header":
        c.send("HTTP/1.1 200 -\r\nX-Giant: " + "x" * (1 << 20) + "\r\n\r\n")
        c.until_gone("giant-gone")
    elif path == "/many-headers":
        c.send("HTTP/1.1 200 -\r\n" + "X-Many: 0123456789012345678901234567890123456789\r\n" * 5000 + "\r\n")
        c.until_gone("many-gone")
    elif path == "/interim":
        c.send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 -\r\nContent-Length: 5\r\n\r\nfinal")
    elif path == "/trailers":
        c.send("HTTP/1.1 200 -\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX-Late: 1\r\n\r\n")
    elif path == "/folded":
        c.send("HTTP/1.1 200 -\r\nX-Folded: one\r\n two\r\nContent-Length: 0\r\n\r\n")
    elif path == "/warning":
        c.answer(200, b"", [("Warning", '299 - "old"'), ("Warning", '299 - "older"')])
    elif path == "/socket":
        socket_talk(c, {name.lower(): value for name, value in headers}, query)
    elif path == "/garbage":
        c.send("SSH-2.0-OpenSSH_9.2\r\n")
        c.until_gone("garbage-gone")
    elif path == "/early-401":
        # Answers before the body is read, and never reads it.
        c.answer(401, b"who are you", [("WWW-Authenticate", 'Basic realm="x"')])
        time.sleep(0.5)
        c.sock.shutdown(socket.SHUT_WR)
        time.sleep(0.5)
        raise Gone()
    elif path == "/never-reads":
        c.sock.settimeout(None)
        with lock:
            counts["never-reads"] = 1
        time.sleep(3600)
    elif path == "/stuck":
        c.send(b"HTTP/1.1 200 -\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1000)
        c.until_gone("stuck-gone")
    elif path == "/one-shot":
        # Promises to stay, then hangs up.
        c.answer(200, b"bye")
        raise Gone()
    else:
        body()
        c.answer(404, b"no such page")


def serve(sock, context):
    count("connections")
    try:
        if context:
            raw = sock.dup()
            sock = context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
            try:
                sock.do_handshake()
            except ssl.SSLError:
                # A reset would overtake the alert: let the client hang up first.
                raw.shutdown(socket.SHUT_WR)
                raw.settimeout(2)
                while raw.recv(65536):
                    pass
                raise
            finally:
                raw.close()
        c = Connection(sock)
        while True:
            exchange(c)
    except (Gone, OSError, ValueError):
        pass
    finally:
        sock.close()


def main():
    context = None
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        if len(sys.argv) > 3:
            context.load_verify_locations(sys.argv[3])
            context.verify_mode = ssl.CERT_REQUIRED
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)

    def accept():
        while True:
            sock, _ = listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=serve, args=(sock, context), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()
    os._exit(0)


main()
