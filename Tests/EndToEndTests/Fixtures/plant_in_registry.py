# SPDX-License-Identifier: Apache-2.0
"""Makes an archive, a folder, all that a registry has on its disk, also where bytes are not those of their digests: ARCHIVE STORAGE."""
import json
import os
import shutil
import sys

archive, storage = sys.argv[1:]
root = os.path.join(storage, "docker/registry/v2")
shutil.rmtree(root, ignore_errors=True)


def write(path, content):
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


digests = []
for name in os.listdir(os.path.join(archive, "blobs")):
    algorithm, hex = name.split(".")
    digests.append((algorithm, hex))
    with open(os.path.join(archive, "blobs", name), "rb") as file:
        write(f"blobs/{algorithm}/{hex[:2]}/{hex}/data", file.read())
with open(os.path.join(archive, "artifact-index.json")) as file:
    artifacts = json.load(file)["artifacts"]
for artifact in artifacts:
    repository = "repositories/" + artifact["repository"]
    for algorithm, hex in digests:
        for place in ("_layers", "_manifests/revisions"):
            write(f"{repository}/{place}/{algorithm}/{hex}/link", f"{algorithm}:{hex}".encode())
    if "tag" in artifact:
        tag = f"{repository}/_manifests/tags/{artifact['tag']}"
        write(f"{tag}/current/link", artifact["digest"].encode())
        write(f"{tag}/index/{artifact['digest'].replace(':', '/')}/link", artifact["digest"].encode())
