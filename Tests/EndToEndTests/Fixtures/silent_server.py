# SPDX-License-Identifier: Apache-2.0
"""Takes connections at PORT and never answers; makes the file MARK when it was asked something: PORT MARK."""
import socket
import sys

server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
kept = []
while True:
    connection, _ = server.accept()
    kept.append(connection)
    if connection.recv(1):
        open(sys.argv[2], "w").close()
