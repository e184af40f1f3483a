// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Testing

@testable import Registry

@Suite("Open uploads are shared out") struct UploadShareTests {
    private let bench: RegistryBench
    init() throws { bench = try RegistryBench() }

    /// Begins uploads of one share, each to a repository of its own, until one is refused; at most 20.
    private func begun(_ share: UploadShare, _ registry: RegistryFolder) -> (sessions: [UploadSession], refusal: Fault?)
    {
        var sessions: [UploadSession] = []
        do throws(Fault) {
            for number in 0..<20 {
                let name = try RepositoryName("r\(number)")
                sessions.append(try registry.beginUpload(in: name, by: "somebody", share: share))
            }
            return (sessions, nil)
        } catch { return (sessions, error) }
    }

    @Test(
        "one pusher gets its share and no more, and another one still gets theirs",
        arguments: [
            (UploadShare.user("alice"), UploadShare.user("bob")), (.user("anonymous"), .address("192.0.2.1")),
            (.address("192.0.2.1"), .address("192.0.2.2")), (.user("registry"), .registry),
        ])
    func shares(_ one: UploadShare, _ other: UploadShare) async throws {
        let registry = try bench.open { ($0.uploadsPerPusher, $0.uploads) = (3, 8) }
        let first = begun(one, registry)
        #expect(first.sessions.count == 3 && first.refusal?.code == .tooManyRequests)
        #expect(first.refusal?.fix?.contains("cancel") == true)
        let second = begun(other, registry)
        #expect(second.sessions.count == (other == .registry ? 5 : 3))
        // One that ends, in whatever way, makes room for one.
        try await registry.give(up: first.sessions[0])
        let bytes = Array("blob".utf8)
        _ = try await registry.append(ByteStream(bytes), to: first.sessions[1])
        try await registry.commit(first.sessions[1], as: Digest(of: bytes), by: "somebody")
        _ = await #expect(throws: Fault.self) {
            try await registry.commit(first.sessions[2], as: Digest(of: bytes), by: "somebody")
        }
        #expect(begun(one, registry).sessions.count == 3)
        await registry.close()
    }

    @Test("what is open counts for who opened it also after a restart; what is given up when idle does not")
    func restart() async throws {
        let first = try bench.open { $0.uploadsPerPusher = 3 }
        let open = begun(.address("2001:db8::/64"), first)
        #expect(open.sessions.count == 3)
        await first.close()
        let second = try bench.open { $0.uploadsPerPusher = 3 }
        #expect(begun(.address("2001:db8::/64"), second).sessions.isEmpty)
        #expect(begun(.user("somebody"), second).sessions.count == 3)
        for session in open.sessions {
            #expect(try second.upload(session.id, in: session.repository).by == "somebody")
        }
        bench.pass(hours: 7 * 24 + 1)
        _ = try await second.collectGarbage(GarbageOptions())
        #expect(second.uploadCount == 0)
        #expect(begun(.address("2001:db8::/64"), second).sessions.count == 3)
        await second.close()
    }

    @Test("an upload that an older version left counts for the name it was left with")
    func older() async throws {
        let first = try bench.open()
        let session = try first.beginUpload(in: bench.repository, by: "alice")
        await first.close()
        let about = "\(session.folder)/about.json"
        var json = try JSON(parsing: FileSystem.read(about, limit: 4096), source: about)
        json["share"] = nil
        try FileSystem.write(json.encoded(), to: about)
        let second = try bench.open { $0.uploadsPerPusher = 1 }
        #expect(begun(.user("alice"), second).sessions.isEmpty)
        #expect(begun(.user("bob"), second).sessions.count == 1)
        await second.close()
    }

    @Test("many at once do not pass the limits together")
    func atOnce() async throws {
        let registry = try bench.open { ($0.uploadsPerPusher, $0.uploadsPerRepository) = (5, 8) }
        let repository = bench.repository
        let begun = await withTaskGroup(of: (String, Bool).self) { group in
            for number in 0..<60 {
                let name = "user\(number % 3)"
                group.addTask { (name, (try? registry.beginUpload(in: repository, by: name)) != nil) }
            }
            return await group.reduce(into: [String: Int]()) { counts, one in counts[one.0, default: 0] += one.1 ? 1 : 0
            }
        }
        #expect(begun.values.reduce(0, +) == 8 && begun.values.allSatisfy { $0 <= 5 })
        #expect(registry.uploadCount == 8)
        await registry.close()
    }

    @Test("shares are read as they are kept", arguments: ["user a", "user address x", "address ::1", "registry"])
    func texts(_ text: String) { #expect(UploadShare(text)?.text == text) }

    @Test("what is no share is none", arguments: ["", "alice", "User a", "registry 2"])
    func noShare(_ text: String) { #expect(UploadShare(text) == nil) }
}
