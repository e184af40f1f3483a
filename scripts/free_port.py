#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A TCP port of the loopback interface on which nobody listens; as a program it prints one."""
import random
import socket


def free_port():
    # Below those that the kernel gives to clients: one of them could take the port before the server does, and a client
    # that asks whether the server is there could be given it, and meet itself.
    while True:
        port = random.SystemRandom().randrange(15_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


if __name__ == "__main__":
    print(free_port())
