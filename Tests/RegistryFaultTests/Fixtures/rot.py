# SPDX-License-Identifier: Apache-2.0
"""Changes files of a registry beneath it, and checks that no answer has other bytes than its digest says.

usage: rot.py SOVEREIGN FOLDER
"""
import atexit
import hashlib
import http.client
import json
import os
import pathlib
import random
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "scripts"))
from free_port import free_port  # noqa: E402

program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
root = folder / "registry"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
generator = random.Random(5)


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def start():
    port = free_port()
    process = subprocess.Popen(
        [program, "registry", "serve", "--root", str(root), "--listen", f"127.0.0.1:{port}", "--free-space", "0"],
        stderr=subprocess.DEVNULL)
    for _ in range(1000):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return process, port
        except OSError:
            time.sleep(0.01)
    sys.exit("the registry does not start")


def ask(method, path, body=None, headers=None):
    """Status and body; a body that was cut off is None."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body, headers or {})
    try:
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (http.client.IncompleteRead, http.client.RemoteDisconnected, ConnectionResetError):
        return 0, None
    finally:
        connection.close()


def push_blob(data):
    status, body = ask("POST", f"/v2/a/blobs/uploads/?digest={digest_of(data)}", data)
    if status != 201:
        sys.exit(f"a push was answered with {status}: {body!r}")


def push_manifest(data, reference):
    status, body = ask("PUT", f"/v2/a/manifests/{reference}", data, {"Content-Type": MANIFEST})
    if status != 201:
        sys.exit(f"a manifest was answered with {status}: {body!r}")


def damage(digest, how):
    path = root / "blobs" / "sha256" / digest[7:9] / digest[7:]
    data = bytearray(path.read_bytes())
    if how == "first":
        data[0] ^= 1
    elif how == "last":
        data[-1] ^= 0x80
    elif how == "middle":
        data[len(data) // 2] ^= 4
    elif how == "shortened":
        del data[-1:]
    os.chmod(path, 0o640)
    if how == "missing":
        path.unlink()
    elif how == "restored":
        # Another file, with the times of the first one, as a restored backup has them.
        times = os.stat(path)
        data[len(data) // 3] ^= 16
        path.unlink()
        path.write_bytes(data)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    else:
        path.write_bytes(data)


def read(kind, digest, size):
    """Reads as a client of that kind; true if the answer was one that clients take for the content."""
    if kind == "tag":
        status, body = ask("GET", "/v2/a/manifests/v1")
    elif kind == "manifest":
        status, body = ask("GET", f"/v2/a/manifests/{digest}")
    elif kind == "range":
        status, body = ask("GET", f"/v2/a/blobs/{digest}", headers={"Range": f"bytes=10-{size // 2 + 10}"})
        if status == 206:
            if body != contents[digest][10:size // 2 + 11]:
                sys.exit(f"a range of {digest} has other bytes")
            return True
        return False
    else:
        status, body = ask("GET", f"/v2/a/blobs/{digest}")
    if status == 200 and body is not None:
        if digest_of(body) != digest:
            sys.exit(f"{kind} {digest} was served with other bytes")
        return True
    if status not in (0, 404):
        sys.exit(f"{kind} {digest} was answered with {status}")
    return False


contents = {}
process, port = start()
# Whatever this finds, no server is left behind.
atexit.register(lambda: process.kill())
config = b"config"
push_blob(config)
seen, quarantined = 0, 0
for kind, size in [("small", 1_000), ("small", 65_536), ("large", 65_537), ("large", 5_000_000), ("range", 5_000_000),
                   ("manifest", 0), ("tag", 0)]:
    for how in ["first", "middle", "last", "shortened", "missing", "restored"]:
        for restarted in [False, True]:
            if kind in ("manifest", "tag"):
                data = json.dumps({
                    "schemaVersion": 2, "mediaType": MANIFEST, "annotations": {"n": str(generator.random())},
                    "config": {"mediaType": "application/x", "digest": digest_of(config), "size": 1},
                    "layers": []}).encode()
                push_manifest(data, "v1")
            else:
                data = generator.randbytes(size)
                push_blob(data)
            digest = digest_of(data)
            contents[digest] = data
            if restarted:
                process.kill()
                process.wait()
                process, port = start()
            damage(digest, how)
            before = len(list((root / "quarantine").iterdir()))
            # The first answer may be cut off; soon there is none at all.
            for _ in range(200):
                if read(kind, digest, size):
                    sys.exit(f"{kind} of {size} bytes, {how}: it was served")
                path = "manifests" if kind in ("manifest", "tag") else "blobs"
                if ask("HEAD", f"/v2/a/{path}/{digest}")[0] == 404:
                    break
                time.sleep(0.01)
            else:
                sys.exit(f"{kind} of {size} bytes, {how}: it is still promised")
            # The answer does not wait for the file's removal.
            for _ in range(1000):
                put_aside = len(list((root / "quarantine").iterdir())) - before
                if how == "missing" or put_aside > 0:
                    break
                time.sleep(0.01)
            if put_aside != (0 if how == "missing" else 1):
                sys.exit(f"{kind} of {size} bytes, {how}: {put_aside} files were put aside")
            quarantined += put_aside
            if kind in ("manifest", "tag"):
                push_manifest(data, "v1" if kind == "tag" else digest)
            else:
                push_blob(data)
            if not read(kind, digest, size):
                sys.exit(f"{kind} of {size} bytes, {how}: pushed again, it is not served")
            seen += 1
done = subprocess.run([program, "registry", "scrub", "--root", str(root)], capture_output=True)
if done.returncode != 0:
    sys.exit(f"the scrub found {done.stdout.decode()}{done.stderr.decode()}")
process.kill()
process.wait()
print(f"damaged: {seen}, put aside: {quarantined}")
