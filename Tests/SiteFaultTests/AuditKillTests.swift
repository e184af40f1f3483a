// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import KubernetesClient
import Testing

@Suite("Audit records of an API server that is killed", .serialized) struct AuditKillTests {
    /// The records in a file; the last line may be torn.
    private func records(_ path: String) throws -> [JSON] {
        let lines = try FileSystem.read(path, limit: 64 << 20).split(separator: 0x0A)
        return try lines.enumerated().compactMap { index, line in
            let record = try? JSON(parsing: Array(line), source: "a record")
            if record == nil, index < lines.count - 1 { throw Fault(.invalid, "line \(index) is torn") }
            return record
        }
    }

    @Test("hold every change that was acknowledged") func kill() async throws {
        let folder = try TemporaryFolder(prefix: "audit")
        let path = "\(folder.path)/audit.log"
        var server = try APIServerProgram(
            folder: folder.path, options: ["--audit-log", path, "--audit-log-size", "64MiB", "--audit-log-files", "2"])
        try await server.start()
        let client = try server.client(), kinds = [LoadKind.configMap, .secret, .deployment]
        let writers = (0..<4).map { ObjectWriter($0, kinds) }
        let load = Task {
            await withTaskGroup(of: Void.self) { group in
                for writer in writers { group.addTask { await writer.run(client) } }
            }
        }
        try await Task.sleep(for: .milliseconds(600))
        try await server.kill()
        await load.value
        let done = try records(path).filter { ($0["responseStatus"]?["code"]?.int ?? 500) < 300 }
        func recorded(_ verb: String) -> Int { done.count { $0["verb"]?.string == verb } }
        var told: [String: Int] = [:]
        for writer in writers { told.merge(await writer.counts) { $0 + $1 } }
        func acknowledged(_ words: String...) -> Int { words.reduce(0) { $0 + (told[$1] ?? 0) } }
        #expect(acknowledged("create", "apply (new)", "update", "patch", "apply", "delete") > 0)
        #expect(recorded("create") >= acknowledged("create"))
        #expect(recorded("patch") >= acknowledged("apply (new)", "patch", "apply"))
        #expect(recorded("update") >= acknowledged("update"))
        #expect(recorded("delete") >= acknowledged("delete"))
        // A kill is followed by a start that goes on behind what is there.
        try await server.start()
        _ = try await client.list(LoadKind.configMap.resource, namespace: "default")
        try await server.stop()
        let all = try String(decoding: FileSystem.read(path, limit: 64 << 20), as: UTF8.self).split(separator: "\n")
        #expect(all.count > done.count && all.last?.hasPrefix("{\"kind\":\"Event\"") == true)
        #expect(all.last?.contains("\"verb\":\"list\"") == true)
    }
}
