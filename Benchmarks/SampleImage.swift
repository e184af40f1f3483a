// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Glibc

/// An image of bytes that do not compress, as an OCI layout on disk.
enum SampleImage {
    /// Writes the layout and gives the digests of its layers; the same numbers give the same bytes.
    ///
    /// - Parameter isSparse: whether noise ends after the first MiB of a layer and the rest is a hole.
    @discardableResult
    static func write(
        to folder: String, tag: String, layers: Int, layerSize: Int, seed: UInt64 = 1, isSparse: Bool = false
    ) throws -> [Digest] {
        try FileSystem.makeFolder(folder)
        try FileSystem.makeFolder("\(folder)/blobs")
        try FileSystem.makeFolder("\(folder)/blobs/sha256")
        try put("oci-layout", #"{"imageLayoutVersion":"1.0.0"}"#, in: folder)
        let layers = try (0..<layers).map { number in
            try layer(seed: seed &* 1000 &+ UInt64(number), size: layerSize, isSparse: isSparse, in: folder)
        }
        let differences = layers.map { JSON.string($0.description) }
        let config = try blob(
            [
                "architecture": "amd64", "os": "linux", "config": [:],
                "rootfs": ["type": "layers", "diff_ids": .array(differences)],
            ], in: folder)
        let manifest = try blob(
            [
                "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": descriptor("application/vnd.oci.image.config.v1+json", config.digest, config.size),
                "layers": .array(
                    layers.map { descriptor("application/vnd.oci.image.layer.v1.tar", $0, layerSize) }),
            ], in: folder)
        var entry = descriptor("application/vnd.oci.image.manifest.v1+json", manifest.digest, manifest.size).object
        entry?["annotations"] = ["org.opencontainers.image.ref.name": .string(tag)]
        let index: JSON = ["schemaVersion": 2, "manifests": [.object(entry ?? JSONObject([]))]]
        try put("index.json", String(decoding: index.encoded(), as: UTF8.self), in: folder)
        return layers
    }

    /// Writes a file of pseudo-random bytes.
    static func writeNoise(to path: String, size: Int, seed: UInt64) throws {
        var noise = Noise(seed: seed)
        let file = try AtomicFile(path)
        var left = size
        while left > 0 {
            let piece = noise.bytes(min(left, 1 << 20))
            try file.write(Chunk(piece))
            left -= piece.count
        }
        try file.commit(durably: false)
    }

    private static func layer(seed: UInt64, size: Int, isSparse: Bool, in folder: String) throws -> Digest {
        let path = "\(folder)/layer"
        try writeNoise(to: path, size: isSparse ? min(size, 1 << 20) : size, seed: seed)
        guard unsafe truncate(path, off_t(size)) == 0 else { throw Fault.system(errno, "make \(path) larger") }
        var hasher = DigestHasher()
        let file = try FileHandle(reading: path)
        var offset: Int64 = 0
        while true {
            let piece = try file.read(at: offset, upTo: 1 << 20)
            if piece.isEmpty { break }
            hasher.update(Chunk(piece))
            offset += Int64(piece.count)
        }
        let digest = hasher.finalize()
        try FileSystem.rename(path, to: "\(folder)/blobs/sha256/\(digest.hex)")
        return digest
    }

    private static func blob(_ json: JSON, in folder: String) throws -> (digest: Digest, size: Int) {
        let bytes = json.encoded()
        let digest = Digest(of: bytes)
        try FileSystem.write(bytes, to: "\(folder)/blobs/sha256/\(digest.hex)")
        return (digest, bytes.count)
    }

    private static func descriptor(_ mediaType: String, _ digest: Digest, _ size: Int) -> JSON {
        [
            "mediaType": .string(mediaType), "digest": .string(digest.description),
            "size": .number(JSONNumber(Int64(size))),
        ]
    }

    private static func put(_ name: String, _ text: String, in folder: String) throws {
        try FileSystem.write(Array(text.utf8), to: FileSystem.join(folder, name))
    }
}

/// Pseudo-random bytes (SplitMix64), fast enough not to be what is measured.
struct Noise {
    private var state: UInt64

    /// Not by the step of the state, or the bytes of a seed would stand again in those of the next.
    init(seed: UInt64) { state = seed &* 0xD1B5_4A32_D192_ED03 }

    mutating func bytes(_ count: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count + 7)
        while result.count < count {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            value ^= value >> 31
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                result.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
        return Array(result.prefix(count))
    }
}
