# SPDX-License-Identifier: Apache-2.0
"""Writes transport archives that try to get out of their place or to fill memory and disk: KIND SOURCE TARGET."""
import gzip
import io
import json
import os
import shutil
import sys
import tarfile

kind, source, target = sys.argv[1:]


def pack(extra):
    with tarfile.open(target, "w") as archive:
        archive.add(os.path.join(source, "artifact-index.json"), "artifact-index.json")
        archive.add(os.path.join(source, "blobs"), "blobs")
        for member, content in extra:
            archive.addfile(member, io.BytesIO(content) if content is not None else None)


def member(name, type=tarfile.REGTYPE, link="", content=None):
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = type, link, len(content or b"")
    return info, content


blob = "blobs/sha256." + "0" * 64
if kind == "symlink":
    pack([member(blob, tarfile.SYMTYPE, "/etc/passwd")])
elif kind == "hardlink":
    pack([member(blob, tarfile.LNKTYPE, "artifact-index.json")])
elif kind == "absolute":
    pack([member("/tmp/escaped", content=b"x")])
elif kind == "parent":
    pack([member("blobs/../../escaped", content=b"x")])
elif kind == "device":
    pack([member(blob, tarfile.CHRTYPE)])
elif kind == "twice":
    pack([member("artifact-index.json", content=b"{}")])
elif kind == "bomb":
    with gzip.open(target, "wb", 9) as file:
        info, _ = member("artifact-index.json")
        info.size = 4 << 30
        file.write(info.tobuf())
        zeros = bytes(1 << 20)
        for _ in range(256):
            file.write(zeros)
elif kind == "truncated":
    pack([])
    with open(target, "r+b") as file:
        file.truncate(os.path.getsize(target) // 2)
elif kind in ("blob-link", "index-link", "index-pipe"):
    shutil.copytree(source, target)
    index = os.path.join(target, "artifact-index.json")
    if kind == "blob-link":
        # Each blob is a link to the right content, which lies elsewhere.
        for name in os.listdir(os.path.join(target, "blobs")):
            os.remove(os.path.join(target, "blobs", name))
            os.symlink(os.path.join(source, "blobs", name), os.path.join(target, "blobs", name))
    else:
        os.remove(index)
        if kind == "index-link":
            os.symlink(os.path.join(source, "artifact-index.json"), index)
        else:
            os.mkfifo(index)
elif kind == "index":
    os.makedirs(os.path.join(target, "blobs"))
    with open(os.path.join(target, "artifact-index.json"), "wb") as file:
        file.truncate(1 << 30)
elif kind == "deep":
    os.makedirs(os.path.join(target, "blobs"))
    with open(os.path.join(target, "artifact-index.json"), "w") as file:
        file.write('{"artifacts":' + "[" * 1000000)
elif kind == "descriptor":
    # A descriptor of 1 GiB, sparse: its size is all that there is of it.
    os.makedirs(os.path.join(target, "blobs"))
    digest = "1" * 64
    with open(os.path.join(target, "blobs", "sha256." + digest), "wb") as file:
        file.truncate(1 << 30)
    import hashlib

    def put(document):
        content = json.dumps(document).encode()
        name = hashlib.sha256(content).hexdigest()
        with open(os.path.join(target, "blobs", "sha256." + name), "wb") as file:
            file.write(content)
        return {"digest": "sha256:" + name, "size": len(content)}

    layer = {
        "mediaType": "application/vnd.ocm.software.component-descriptor.v2+json",
        "digest": "sha256:" + digest, "size": 1 << 30,
    }
    config = dict(put({"componentDescriptorLayer": layer}))
    config["mediaType"] = "application/vnd.ocm.software.component.config.v1+json"
    manifest = put({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": config, "layers": [layer],
    })
    with open(os.path.join(target, "artifact-index.json"), "w") as file:
        json.dump({"schemaVersion": 1, "artifacts": [
            {"repository": "component-descriptors/example.org/app/" + name, "tag": "1.0.0",
             "digest": manifest["digest"]} for name in ("leaf", "product")]}, file)
