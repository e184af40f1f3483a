// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import OCI
import Repositories
import TestInputs
import Testing
import Web

@testable import Transfer

@Suite("Journal of a transfer") struct TransferJournalTests {
    private let folder: TemporaryFolder
    private var path: String { "\(folder.path)/state/transfers/it.journal" }
    private static let fingerprint = Digest(of: Array("this transfer".utf8))
    private static let key = UploadKey(
        registry: "https://registry.example:443", repository: "app", digest: Digest(of: Array("blob".utf8)))
    private static let location = "https://registry.example/v2/app/blobs/uploads/1?_state=secret"

    init() throws { folder = try TemporaryFolder() }

    private func open(
        _ fingerprint: Digest = fingerprint, patience: Duration = .zero
    ) async throws -> TransferJournal { try await .open(path, fingerprint: fingerprint, patience: patience) }

    private static func states(_ count: Int) -> [DigestState] {
        var hasher = ResumableHasher()
        return (0..<count).compactMap { _ in
            hasher.update([UInt8](repeating: 7, count: 1280)[...])
            return hasher.state
        }
    }

    /// A journal with an upload, its states and a content.
    private func write(states: Int = 3) async throws {
        let journal = try await open()
        journal.note(try HTTPURL(Self.location + "0"), of: Self.key)
        for state in Self.states(states) { journal.note(state, of: Self.key) }
        journal.note(try HTTPURL(Self.location), of: Self.key)
        journal.note(FinishedContent(digest: Self.key.digest, size: 4, place: "app"), for: "resource 1")
        journal.close()
    }

    @Test("keeps what was noted, for its owner alone") func keeps() async throws {
        try await write()
        #expect(try FileSystem.entry(at: path)?.mode == 0o600)
        #expect(try FileSystem.entry(at: FileSystem.folder(of: path))?.mode == 0o700)
        let journal = try await open()
        let upload = try #require(journal.unfinishedUpload(Self.key))
        #expect(upload.location == Self.location && upload.states == Self.states(3))
        #expect(journal.finished("resource 1") == FinishedContent(digest: Self.key.digest, size: 4, place: "app"))
        #expect(journal.finished("resource 2") == nil)
        journal.noteResumed(Self.key, at: 1000)
        journal.forget(Self.key, .lost)
        #expect(journal.unfinishedUpload(Self.key) == nil)
        #expect(journal.counts == TransferJournal.Counts(resumed: 1, bytes: 1000, lost: 1))
        journal.close()
        let later = try await open()
        #expect(later.unfinishedUpload(Self.key) == nil)
        try later.remove()
        #expect(!FileSystem.exists(path))
    }

    @Test("keeps the last states of an upload, and goes back with it") func states() async throws {
        try await write(states: JournalReader.stateLimit + 50)
        let journal = try await open()
        let all = Self.states(JournalReader.stateLimit + 50)
        #expect(journal.unfinishedUpload(Self.key)?.states == all.suffix(JournalReader.stateLimit))
        journal.note(all[60], of: Self.key)
        #expect(journal.unfinishedUpload(Self.key)?.states.last == all[60])
        #expect(journal.unfinishedUpload(Self.key)?.states.map(\.offset).max() == all[60].offset)
    }

    @Test("of another transfer, or of another version, is set aside", arguments: ["transfer", "version", "no journal"])
    func setAside(what: String) async throws {
        try await write()
        switch what {
        case "version":
            let line = JournalRecord.header(version: 2, fingerprint: Self.fingerprint).line
            try FileSystem.write(line + Self.body(try FileSystem.read(path, limit: 1 << 20)), to: path)
        case "no journal": try FileSystem.write(Array("a shopping list\n".utf8), to: path)
        default: break
        }
        let before = try FileSystem.read(path, limit: 1 << 20)
        let journal = try await open(what == "transfer" ? Digest(of: []) : Self.fingerprint)
        #expect(journal.unfinishedUpload(Self.key) == nil && journal.finished("resource 1") == nil)
        #expect(try FileSystem.read(path + ".old", limit: 1 << 20) == before)
    }

    private static func body(_ bytes: [UInt8]) -> [UInt8] {
        Array(bytes[((bytes.firstIndex(of: 0x0A) ?? -1) + 1)...])
    }

    @Test("is not shared by two") func lock() async throws {
        let journal = try await open()
        let fault = await #expect(throws: Fault.self) { _ = try await open(patience: .milliseconds(60)) }
        #expect(fault?.code == .conflict && fault?.fix != nil)
        #expect(fault?.message.contains("secret") == false)
        withExtendedLifetime(journal) {}
    }

    @Test("with a torn end counts up to there, and goes on behind it") func torn() async throws {
        try await write()
        let whole = try FileSystem.read(path, limit: 1 << 20)
        for length in (whole.count - 300)..<whole.count {
            try FileSystem.write(Array(whole.prefix(length)), to: path)
            let journal = try await open()
            #expect(journal.unfinishedUpload(Self.key)?.states == Self.states(3))
            #expect(journal.finished("resource 1") == nil)
            journal.note(FinishedContent(digest: Self.key.digest, size: 5, place: "app"), for: "resource 2")
            journal.close()
            #expect(try await open().finished("resource 2")?.size == 5)
        }
    }

    @Test("takes a note of another process, also behind a line that is torn", arguments: [0, 1, 40])
    func handedOver(torn: Int) async throws {
        try await write()
        let whole = try FileSystem.read(path, limit: 1 << 20)
        try FileSystem.write(Array(whole.dropLast(torn)), to: path)
        try TransferJournal.note("https://registry.example/next", of: Self.key, number: 1, in: path)
        let journal = try await open()
        #expect(journal.unfinishedUpload(Self.key)?.location == "https://registry.example/next")
        #expect(journal.unfinishedUpload(Self.key)?.states == Self.states(3))
    }

    @Test("says nothing that was not written, however it is damaged", arguments: [1, 2, 3] as [UInt64])
    func damaged(seed: UInt64) async throws {
        try await write()
        let whole = try FileSystem.read(path, limit: 1 << 20)
        let long = whole + [UInt8](repeating: 0x41, count: JournalRecord.sizeLimit + 5) + [0x0A]
        var mutator = ByteMutator(samples: [whole, long], tokens: ["\n", "{", "}", "\"upload\":1", " "], seed: seed)
        var understood = 0
        for round in 0..<1500 {
            let bytes = mutator.next()
            var reader = JournalReader(fingerprint: Self.fingerprint)
            for start in stride(from: 0, to: bytes.count, by: 97) {
                reader.take(bytes[start..<min(start + 97, bytes.count)])
            }
            var other = JournalReader(fingerprint: Self.fingerprint)
            other.take(bytes[...])
            #expect(reader.whole == other.whole && reader.isWanted == other.isWanted, "round \(round)")
            let end = bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
            #expect(reader.whole == Int64(end), "round \(round)")
            guard reader.isWanted == true else { continue }
            understood += 1
            for upload in reader.contents.uploads {
                #expect(upload.key == Self.key, "round \(round)")
                #expect(upload.value.location.hasPrefix(Self.location), "round \(round)")
                #expect(upload.value.states.allSatisfy(Self.states(3).contains), "round \(round)")
            }
            for (key, content) in reader.contents.finished {
                #expect(key == "resource 1" && content.digest == Self.key.digest && content.size == 4)
            }
        }
        #expect(understood > 300)
    }

    @Test("goes by what a transfer does, not by how fast") func fingerprints() throws {
        let roots = [
            ComponentVersionIdentity(name: try ComponentName("example.org/app"), version: try ComponentVersion("1.0.0"))
        ]
        func digest(
            _ source: String = "./archive", _ target: String = "localhost:5000/x", folder: String = "/work",
            _ change: (inout TransferOptions) -> Void = { _ in }
        ) throws -> Digest {
            var options = TransferOptions()
            change(&options)
            return TransferFingerprint.digest(
                from: try .init(source), to: [try .init(target)], roots: roots, options: options, workingFolder: folder)
        }
        let base = try digest()
        #expect(try digest { $0.concurrency = 9 } == base)
        #expect(try digest { $0.isRecursive = true } != base)
        #expect(try digest { $0.copyResources = .all } != base)
        #expect(try digest("./other") != base)
        #expect(try digest("./archive", "localhost:5001/x") != base)
        #expect(try digest(folder: "/elsewhere") != base)
    }

    @Test(
        "stands below the folder of the user's state",
        arguments: [
            (["XDG_STATE_HOME": "/state", "HOME": "/home/me"], "/state/ocm/transfers/"),
            (["HOME": "/home/me"], "/home/me/.local/state/ocm/transfers/"),
            (["XDG_STATE_HOME": "state", "HOME": "/home/me"], "/home/me/.local/state/ocm/transfers/"), ([:], nil),
        ] as [([String: String], String?)])
    func place(variables: [String: String], folder: String?) {
        let path = TransferFingerprint.path(Self.fingerprint, Environment(variables))
        #expect(path == folder.map { "\($0)\(Self.fingerprint.hex).journal" })
    }
}
