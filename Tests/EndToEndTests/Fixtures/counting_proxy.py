# SPDX-License-Identifier: Apache-2.0
"""Passes connections on, counts the bytes of both directions, and stops passing them on at a byte.

usage: counting_proxy.py PORT TARGET-PORT FOLDER. FOLDER/control says `ROUND up|down LIMIT`: with every new ROUND counting begins anew, and
in that direction no more than LIMIT bytes pass until the file says something else. FOLDER/count-ROUND has the counts, `UP DOWN`.
"""
import os
import socket
import sys
import threading
import time

port, target, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
lock = threading.Lock()
counts = {}


def control():
    try:
        with open(f"{folder}/control") as file:
            number, direction, limit = file.read().split()
        return number, direction, int(limit)
    except (OSError, ValueError):
        return "none", "up", 1 << 60


def note(number, direction, size):
    with lock:
        both = counts.setdefault(number, {"up": 0, "down": 0})
        both[direction] += size
        with open(f"{folder}/.count", "w") as file:
            file.write(f"{both['up']} {both['down']}")
        os.replace(f"{folder}/.count", f"{folder}/count-{number}")


def forward(source, sink, direction):
    try:
        while True:
            piece = source.recv(32768)
            if not piece:
                break
            while True:
                number, stopped, limit = control()
                with lock:
                    passed = counts.get(number, {}).get(direction, 0)
                if stopped != direction or passed + len(piece) <= limit:
                    break
                time.sleep(0.01)
            sink.sendall(piece)
            note(number, direction, len(piece))
    except OSError:
        pass
    for end, how in ((source, socket.SHUT_RD), (sink, socket.SHUT_WR)):
        try:
            end.shutdown(how)
        except OSError:
            pass


listener = socket.create_server(("127.0.0.1", port), backlog=64)
while True:
    client, _ = listener.accept()
    server = socket.create_connection(("127.0.0.1", target))
    for ends in ((client, server, "up"), (server, client, "down")):
        threading.Thread(target=forward, args=ends, daemon=True).start()
