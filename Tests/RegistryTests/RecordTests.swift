// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import TestInputs
import Testing

@testable import Registry

@Suite("Records are read as they were written, and nothing else is taken") struct RecordTests {
    private static let digest = Digest(of: Array("content".utf8))
    private static func name(_ text: String) throws -> RepositoryName { try RepositoryName(text) }

    static func changes() throws -> [RegistryChange] {
        let name = try name("acme.org/app")
        let long = Digest(of: Array("content".utf8), algorithm: .sha512)
        return [
            .linkBlob(name, digest, size: 7), .linkBlob(name, long, size: .max), .unlinkBlob(name, digest),
            .putManifest(name, digest, size: 0, mediaType: "application/vnd.oci.image.manifest.v1+json"),
            .deleteManifest(name, long), .setTag(name, "v1", digest, isPending: false),
            .setTag(name, "_", long, isPending: true), .deleteTag(name, "v1"), .keep(name, digest),
            .quarantine(digest), .restore(long),
        ]
    }

    @Test("every kind of change comes back")
    func roundTrip() throws {
        for change in try Self.changes() {
            let record = RegistryRecord(time: 1_700_000_000_000, by: "ä \"b\"\n\u{1E}", changes: [change])
            #expect(!record.line.contains(0x0A) && !record.line.contains(0x1E))
            #expect(try RegistryRecord(parsing: record.line[...]) == record)
        }
        let all = RegistryRecord(time: 0, by: "", changes: try Self.changes())
        #expect(try RegistryRecord(parsing: all.line[...]) == all)
    }

    @Test(
        "what is no record is refused",
        arguments: [
            "", "{}", "[]", "null", #"{"time":1,"by":"a"}"#, #"{"time":"1","by":"a","changes":[]}"#,
            #"{"time":1,"by":"a","changes":[["blob"]]}"#, #"{"time":1,"by":"a","changes":[["blob","a","sha256:0",1]]}"#,
            #"{"time":1,"by":"a","changes":[["tag","../../etc","v1","sha256:0"]]}"#,
            #"{"time":1,"by":"a","changes":[["unheard-of","a"]]}"#, #"{"time":1,"by":"a","changes":[{}]}"#,
            #"{"time":1e400,"by":"a","changes":[]}"#,
        ])
    func refused(_ text: String) throws {
        #expect(throws: Fault.self) { try RegistryRecord(parsing: Array(text.utf8)[...]) }
    }

    @Test(
        "damaged records are refused, or are records that are written as they are read",
        arguments: 0..<4 as Range<UInt64>)
    func mutated(_ seed: UInt64) throws {
        let samples = try Self.changes().map { RegistryRecord(time: 5, by: "alice", changes: [$0]).line }
        var mutator = ByteMutator(
            samples: samples, tokens: ["\"blob\"", "\"tag\"", "sha256:", "sha512:", "[", "]", "{", "-1", "1e9"],
            seed: seed)
        for _ in 0..<5000 {
            let bytes = mutator.next()
            guard let record = try? RegistryRecord(parsing: bytes[...]) else { continue }
            #expect(try RegistryRecord(parsing: record.line[...]) == record)
        }
    }
}
