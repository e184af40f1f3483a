// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers

/// Counts what moves between `ocm` and a registry, and lets no more than so many bytes pass.
struct CountingProxy {
    let folder: TemporaryFolder
    let port: Int
    private let server: ServerProgram
    var url: String { "http://localhost:\(port)" }

    init(to target: Int) async throws {
        (folder, port) = (try TemporaryFolder(), try ServerProgram.freePort())
        let script = FileSystem.join(FileSystem.folder(of: #filePath), "Fixtures/counting_proxy.py")
        server = try ServerProgram(
            [ServerProgram.find("python3") ?? "python3", script, "\(port)", "\(target)", folder.path],
            log: "\(folder.path)/log")
        try await server.waitUntilListening(on: port)
    }

    func begin(_ round: String, _ direction: String = "up", limit: Int = 1 << 60) throws {
        try FileSystem.write(Array("\(round) \(direction) \(limit)".utf8), to: "\(folder.path)/control")
    }

    func count(_ round: String) -> (up: Int, down: Int) {
        let text = (try? FileSystem.read("\(folder.path)/count-\(round)", limit: 100)) ?? []
        let numbers = String(decoding: text, as: UTF8.self).split(separator: " ").compactMap { Int($0) }
        return numbers.count == 2 ? (numbers[0], numbers[1]) : (0, 0)
    }
}
