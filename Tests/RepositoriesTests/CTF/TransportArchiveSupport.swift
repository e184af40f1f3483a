// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import OCI
import Repositories

/// The folder with vectors of other implementations, when this machine has it.
let transportArchiveVectors: String? = {
    let root = "\(#filePath)".split(separator: "/").dropLast(4).joined(separator: "/")
    let path = Environment.process["SOVEREIGN_VECTORS"] ?? "/\(root)/../shared/vectors"
    return FileSystem.isFolder("\(path)/ocm/ctf") ? "\(path)/ocm/ctf" : nil
}()

/// An artifact to write in tests: a config, some layers, and a manifest over them.
struct SampleArtifact: Sendable {
    let blobs: [[UInt8]]
    let manifest: [UInt8]
    var digest: Digest { Digest(of: manifest) }

    init(_ texts: [String], subject: SampleArtifact? = nil, artifactType: String? = nil) {
        blobs = texts.map { Array($0.utf8) }
        func descriptor(_ bytes: [UInt8], _ mediaType: String) -> JSON {
            .object(
                JSONObject([
                    ("mediaType", .string(mediaType)), ("digest", .string("\(Digest(of: bytes))")),
                    ("size", .number(JSONNumber(Int64(bytes.count)))),
                ]))
        }
        var object = JSONObject([
            ("schemaVersion", .number(JSONNumber(2))), ("mediaType", .string(Self.mediaType)),
        ])
        if let artifactType { object["artifactType"] = .string(artifactType) }
        object["config"] = descriptor(blobs[0], "application/vnd.example.config")
        object["layers"] = .array(blobs.dropFirst().map { descriptor($0, "text/plain") })
        if let subject { object["subject"] = descriptor(subject.manifest, Self.mediaType) }
        manifest = JSON.object(object).encoded()
    }
    static let mediaType = "application/vnd.oci.image.manifest.v1+json"

    /// Writes the blobs and the manifest.
    func push(to store: any ArtifactStore, _ repository: String, tag: String?) async throws {
        for bytes in blobs {
            _ = try await store.pushBlob(.memory(bytes), in: repository)
        }
        _ = try await store.pushManifest(manifest, mediaType: Self.mediaType, in: repository, tag: tag)
    }
}

extension BlobSource {
    /// Bytes that are in memory, under their digest or under another.
    static func memory(_ bytes: [UInt8], as digest: Digest? = nil) -> BlobSource {
        BlobSource(digest: digest ?? Digest(of: bytes), size: Int64(bytes.count), open: { ByteStream(bytes) })
    }
}

/// All files below a folder with their content.
func files(in folder: String) throws -> [String: [UInt8]] {
    var result: [String: [UInt8]] = [:]
    for name in try FileSystem.names(in: folder) {
        if FileSystem.isFolder("\(folder)/\(name)") {
            for (path, bytes) in try files(in: "\(folder)/\(name)") { result["\(name)/\(path)"] = bytes }
        } else {
            result[name] = try FileSystem.read("\(folder)/\(name)", limit: 1 << 24)
        }
    }
    return result
}

/// The failure that `body` ends with, nil when it does not fail.
func faultOf(_ body: () async throws -> Void) async -> Fault? {
    do { try await body() } catch { return Fault(wrapping: error) }
    return nil
}
