# SPDX-License-Identifier: Apache-2.0
"""Fills the disk of a registry to many different points, pushes until it refuses, and checks what it says and keeps.

usage: full_disk.py SOVEREIGN FOLDER STEPS, in a mount namespace of its own: a small file system is mounted on FOLDER.
"""
import hashlib
import http.client
import json
import os
import pathlib
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "scripts"))
from free_port import free_port  # noqa: E402

program, folder, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", folder], check=True)


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def start():
    port = free_port()
    process = subprocess.Popen(
        [program, "registry", "serve", "--root", f"{folder}/registry", "--listen", f"127.0.0.1:{port}",
         "--free-space", "0", "--gc-interval", "0", "--scrub-interval", "0"])
    for _ in range(1000):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return process, port
        except OSError:
            time.sleep(0.01)
            if process.poll() is not None:
                break
    sys.exit("the registry does not start")


def ask(method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    except (BrokenPipeError, ConnectionResetError):
        # It was refused before all of it was sent.
        try:
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, {}, b""
    finally:
        connection.close()


kept_blobs, kept_tags, deleted_tags = {}, {}, set()
refusals = {}


def refused(what, status, body):
    """A full disk has one answer, which says so and shows no path."""
    if status == 507 and b"NO_SPACE" in body and folder.encode() not in body:
        refusals[what] = refusals.get(what, 0) + 1
        return True
    if status == 0:
        refusals[what + ", cut"] = refusals.get(what + ", cut", 0) + 1
        return True
    sys.exit(f"{what} was answered with {status}: {body[:300]!r}")


def push(name, data, chunked):
    digest = digest_of(data)
    if not chunked:
        status, _, body = ask("POST", f"/v2/{name}/blobs/uploads/?digest={digest}", data)
        if status != 201:
            refused("blob", status, body)
            return None
    else:
        status, fields, body = ask("POST", f"/v2/{name}/blobs/uploads/", b"")
        if status != 202:
            refused("begin", status, body)
            return None
        place = fields["Location"]
        for start in range(0, len(data), 200_000):
            piece = data[start:start + 200_000]
            status, _, body = ask("PATCH", place, piece, {"Content-Range": f"{start}-{start + len(piece) - 1}"})
            if status != 202:
                refused("patch", status, body)
                ask("DELETE", place)
                return None
        status, _, body = ask("PUT", f"{place}?digest={digest}", b"")
        if status != 201:
            refused("put", status, body)
            return None
    kept_blobs[digest] = data
    return digest


def tag(name, label, config):
    document = {"schemaVersion": 2, "mediaType": MANIFEST, "annotations": {"label": label},
                "config": {"mediaType": "application/x", "digest": config, "size": 1}, "layers": []}
    data = json.dumps(document).encode()
    status, _, body = ask("PUT", f"/v2/{name}/manifests/{label}", data, {"Content-Type": MANIFEST})
    if status != 201:
        return refused("manifest", status, body)
    kept_tags[label] = data


def check():
    for digest, data in kept_blobs.items():
        status, _, body = ask("GET", f"/v2/a/blobs/{digest}")
        if status != 200 or body != data:
            sys.exit(f"the acknowledged blob {digest} is {status}, {len(body)} bytes")
    for label, data in kept_tags.items():
        status, _, body = ask("GET", f"/v2/a/manifests/{label}")
        if status != 200 or body != data:
            sys.exit(f"the acknowledged tag {label} is {status}: {body[:200]!r}")
    status, _, body = ask("GET", "/v2/a/tags/list")
    shown = set(json.loads(body)["tags"])
    if shown != set(kept_tags):
        sys.exit(f"the tags are {sorted(shown)}, not {sorted(kept_tags)}")


process, port = start()
config = push("a", b"config", False)
tag("a", "first", config)
for step in range(steps):
    # What is left is different each time, so that the disk is full at another write.
    stat = os.statvfs(folder)
    left = step * 16_384 % 1_600_000
    with open(f"{folder}/filler", "wb") as filler:
        size = stat.f_bavail * stat.f_frsize - left
        if size > 0:
            try:
                os.posix_fallocate(filler.fileno(), 0, size)
            except OSError:
                pass
    for attempt in range(40):
        before = sum(refusals.values())
        # From small to large: the small ones are refused when nothing else fits.
        push("a", os.urandom([50, 5_000, 300_000, 900_000][attempt % 4]), attempt % 2 == 0)
        tag("a", f"s{step}-{attempt % 3}", config)
        if sum(refusals.values()) - before == 2:
            break
    check()
    if step % 5 == 4 and len(kept_tags) > 3:
        # Deleting needs a record as well; both answers are right, and each is kept.
        label = sorted(kept_tags)[-1]
        status, _, body = ask("DELETE", f"/v2/a/manifests/{label}")
        if status == 202:
            kept_tags.pop(label)
        else:
            refused("delete", status, body)
        check()
    if step % 5 == 3:
        # It starts on a full disk as well.
        process.kill()
        process.wait()
        process, port = start()
        check()
    os.remove(f"{folder}/filler")
    if step % 7 == 6:
        process.kill()
        process.wait()
        process, port = start()
        check()
    # With room again it works.
    data = os.urandom(1000)
    before = dict(refusals)
    if push("a", data, step % 2 == 0) is None:
        sys.exit(f"with room again a push is refused: {refusals} {before}")
    tag("a", f"room-{step}", digest_of(data))
    if f"room-{step}" not in kept_tags:
        sys.exit("with room again a manifest is refused")
    # Make room for the next step: all but a few go, and what they leave is collected.
    for label in list(kept_tags)[:-3]:
        status, _, body = ask("DELETE", f"/v2/a/manifests/{label}")
        if status != 202:
            sys.exit(f"with room again a deletion is answered with {status}: {body!r}")
        kept_tags.pop(label)
    for digest in list(kept_blobs)[1:-3]:
        status, _, body = ask("DELETE", f"/v2/a/blobs/{digest}")
        if status == 202:
            kept_blobs.pop(digest)
    subprocess.run([program, "registry", "gc", "--root", f"{folder}/registry", "--grace", "0", "--untagged",
                    "--upload-idle", "0"], check=True, stdout=subprocess.DEVNULL)
    kept_blobs = {d: b for d, b in kept_blobs.items() if ask("HEAD", f"/v2/a/blobs/{d}")[0] == 200}
    named = {json.loads(data)["config"]["digest"] for data in kept_tags.values()}
    if not named <= set(kept_blobs):
        sys.exit(f"blobs that manifests name were collected: {named - set(kept_blobs)}")
    if config not in kept_blobs:
        config = push("a", b"config", False)
process.terminate()
if process.wait(30) != 0:
    sys.exit("the registry did not end well")
process, port = start()
check()
process.kill()
print(f"refused: {dict(sorted(refusals.items()))}")
