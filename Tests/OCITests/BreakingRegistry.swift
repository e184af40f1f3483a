// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import OCI
import TestServers
import Web
import WebClient

/// A registry whose connections break, and what moved over them.
struct BreakingRegistry {
    /// The blob that it serves from every repository: 6.4 MB of which it sends 2 MB at a time.
    static let blob = (0..<200_000).flatMap { Digest(of: Array("\($0)".utf8)).bytes }
    static let digest = Digest(of: blob)
    static let cut = 2_000_000
    let folder: TemporaryFolder
    let server: ServerProgram
    let port: Int, other: Int

    init() async throws {
        (folder, port, other) = (try TemporaryFolder(), try ServerProgram.freePort(), try ServerProgram.freePort())
        let script = FileSystem.join(FileSystem.folder(of: #filePath), "Fixtures/breaking_registry.py")
        server = try ServerProgram(
            [ScriptedRegistry.python ?? "python3", script, "\(port)", "\(other)", "\(folder.path)/requests"],
            log: "\(folder.path)/log")
        try await server.waitUntilListening(on: port)
        try await server.waitUntilListening(on: other)
    }

    /// A client that notes how long it waits instead of waiting.
    func client(_ credential: RegistryCredential? = nil, waits: Guarded<[Duration]> = Guarded([])) throws
        -> RegistryClient
    {
        var settings = HTTPClientSettings()
        settings.retry.sleep = { wait in waits.withLock { $0.append(wait) } }
        return RegistryClient(
            origin: try HTTPURL("http://127.0.0.1:\(port)").origin, http: HTTPClient(settings),
            credentials: { _ in credential })
    }

    struct Request: Sendable {
        let port: Int, line: String, moved: Int, range: String, ifRange: String, authorization: String
    }

    /// What was asked so far, in the order in which it ended.
    func requests() throws -> [Request] {
        let text = String(decoding: try FileSystem.read("\(folder.path)/requests", limit: 16 << 20), as: UTF8.self)
        return try text.split(separator: "\n").map { line in
            let json = try JSON(parsing: Array(line.utf8), source: "the log")
            return Request(
                port: Int(json["port"]?.int ?? 0), line: json["line"]?.string ?? "",
                moved: Int(json["moved"]?.int ?? 0), range: json["range"]?.string ?? "",
                ifRange: json["ifRange"]?.string ?? "", authorization: json["authorization"]?.string ?? "")
        }
    }
}

/// A journal in memory.
final class MemoryJournal: UploadJournal {
    struct Entry: Sendable {
        var location = ""
        var states: [DigestState] = []
    }
    private let entries = Guarded<[UploadKey: Entry]>([:])
    let ends = Guarded<[UploadEnd]>([])
    let resumed = Guarded<[Int64]>([])

    func unfinishedUpload(_ key: UploadKey) -> UnfinishedUpload? {
        entries.withLock { $0[key].map { UnfinishedUpload(location: $0.location, states: $0.states) } }
    }
    func note(_ location: HTTPURL, of key: UploadKey) {
        entries.withLock { $0[key, default: Entry()].location = location.description }
    }
    func note(_ state: DigestState, of key: UploadKey) {
        entries.withLock { $0[key, default: Entry()].states.append(state) }
    }
    func noteResumed(_ key: UploadKey, at offset: Int64) { resumed.withLock { $0.append(offset) } }
    func forget(_ key: UploadKey, _ end: UploadEnd) {
        entries.withLock { $0[key] = nil }
        ends.withLock { $0.append(end) }
    }

    func finishedSize(_ key: UploadKey) -> Int64? { nil }
    func noteFinished(_ key: UploadKey, size: Int64) {}

    var isEmpty: Bool { entries.withLock { $0.isEmpty } }
    /// Puts something else in the place of what is known.
    func change(_ change: (inout Entry) -> Void) {
        entries.withLock { entries in for key in Array(entries.keys) { change(&entries[key, default: Entry()]) } }
    }
}
