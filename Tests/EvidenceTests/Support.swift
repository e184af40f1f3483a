// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Evidence
import Testing

/// A log in a folder of its own, written with a clock that stands still.
struct SampleLog {
    let folder: TemporaryFolder
    var path: String { "\(folder.path)/evidence.jsonl" }

    init() throws { folder = try TemporaryFolder(prefix: "evidence") }

    static let run = EvidenceRun(
        program: "ocm 0", command: "transfer", source: "https://user:secret@registry.example:5000/path?token=secret",
        targets: ["./archive"], options: ["recursive": "true"])
    static let subject = EvidenceSubject(component: "example.org/app", version: "1.0.0")
    static let resource = EvidenceSubject(
        component: "example.org/app", version: "1.0.0", element: ("resource", "image"))
    static let digest = Digest(of: [1, 2, 3])

    /// One event of each kind that a run may report.
    static let events: [EvidenceEvent] = [
        .signatureVerified(subject, signature: "release", algorithm: "RSASSA-PSS", digest: digest, key: digest),
        .signatureRefused(subject, signature: nil, algorithm: nil, key: nil, reason: "it is not there"),
        .digestVerified(resource, digest: digest, size: 3),
        .content(resource, digest: digest, moved: 3, spared: 0, from: "a", to: "b"),
        .content(resource, digest: digest, moved: 0, spared: 3, from: "a", to: "b"),
        .contentRefused(resource, digest: digest, from: "a", to: "b", reason: "it is another one"),
        .part(resource, .blobMoved, digest: digest, size: 3, mediaType: "text/plain", to: "registry.example/image:1"),
        .part(resource, .blobSpared, digest: digest, size: 3, mediaType: "text/plain", to: "registry.example/image:1"),
        .part(
            EvidenceSubject(resource: "image"), .manifestWritten, digest: digest, size: 3,
            mediaType: "application/vnd.oci.image.manifest.v1+json", to: "registry.example/image:1"),
        .versionCommitted(subject, action: "copy", digest: digest, to: "b"),
        .operationFinished("transfer"),
        .operationFailed("transfer", reason: "the disk is full"),
    ]

    func open(key: PrivateKey? = nil, limits: EvidenceLimits = .standard) throws -> EvidenceLog {
        try EvidenceLog(appendingTo: path, run: Self.run, key: key, limits: limits) {
            Timestamp(seconds: 1_700_000_000)
        }
    }

    /// A run that reports every kind of event and ends.
    @discardableResult
    func writeRun(key: PrivateKey? = nil) throws -> Digest {
        let log = try open(key: key)
        for event in Self.events { try log.record(event) }
        return try log.close()
    }

    func bytes() throws -> [UInt8] { try FileSystem.read(path, limit: 1 << 24) }
    func lines() throws -> [[UInt8]] { try bytes().split(separator: 0x0A).map { $0 + [0x0A] } }
    func write(_ lines: [[UInt8]]) throws { try FileSystem.write(Array(lines.joined()), to: path) }
    func verify(key: PublicKey? = nil, noted: Digest? = nil) throws(Fault) -> EvidenceSummary {
        try EvidenceVerifier(path).verify(key: key, noted: noted)
    }
    func fault(key: PublicKey? = nil, noted: Digest? = nil) -> Fault? {
        do throws(Fault) {
            _ = try verify(key: key, noted: noted)
            return nil
        } catch { return error }
    }

    static let key: PrivateKey = {
        do { return try PrivateKey.generate(.ecdsaP256) } catch { fatalError("no key: \(error)") }
    }()
    static let otherKey: PrivateKey = {
        do { return try PrivateKey.generate(.ed25519) } catch { fatalError("no key: \(error)") }
    }()
}
