// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import SPDY
import Web

/// A program that a server runs for a client over streams of SPDY, and what the server says of it; ends as kubelets do, by
/// resetting all streams. The command decides what happens, as in `channel_server.py`.
struct PodProgram {
    private let transport: any SPDYTransport
    private let query: [(String, String)]
    private let output: Guarded<Int>

    init(_ transport: any SPDYTransport, target: String, _ output: Guarded<Int>) {
        (self.transport, self.output) = (transport, output)
        query =
            target.split(separator: "?", maxSplits: 1).dropFirst().first.map { text in
                text.split(separator: "&").map { item in
                    let parts = item.split(separator: "=", maxSplits: 1).map(String.init)
                    return (parts[0], parts.count > 1 ? parts[1] : "")
                }
            } ?? []
    }

    private func has(_ name: String) -> Bool { query.contains { $0 == (name, "true") } }

    func run() async throws {
        let connection = try SPDYConnection(transport, SPDYSettings(.server, flowControl: .transport))
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await connection.run() }
            group.addTask { try await self.serve(connection) }
        }
    }

    private func serve(_ connection: SPDYConnection) async throws {
        let command = query.filter { $0.0 == "command" }.map(\.1)
        let names = ["stdin", "stdout", "stderr"].filter(has) + (has("tty") ? ["error", "resize"] : ["error"])
        var streams: [String: SPDYStream] = [:]
        while streams.count < names.count, let stream = try await connection.accept() {
            guard command.first != "refuse" else { return await stream.reset(.refused) }
            try await stream.reply()
            streams[stream.headers["streamType"] ?? ""] = stream
        }
        guard Set(streams.keys) == Set(names) else { throw Fault(.corrupt, "the streams are \(streams.keys.sorted())") }
        let status = try await run(command, streams)
        if let status {
            try await streams["error"]?.write(status.encoded()[...])
            for stream in streams.values { await stream.reset() }
            await connection.close()
        } else {
            transport.close()
        }
        withExtendedLifetime(streams) {}
    }

    /// Runs it; returns how it ended, nil when the server vanishes.
    private func run(_ command: [String], _ streams: [String: SPDYStream]) async throws -> JSON? {
        guard let out = streams["stdout"] else { return nil }
        func write(_ text: String, _ name: String) async throws {
            try await streams[name]?.write(Array(text.utf8)[...])
        }
        switch command.first {
        case "fail":
            try await write("out", "stdout")
            try await write("err", "stderr")
            let cause: JSON = ["reason": "ExitCode", "message": .string(command[1])]
            return [
                "metadata": [:], "status": "Failure", "message": "no", "reason": "NonZeroExitCode",
                "details": ["causes": [cause]],
            ]
        case "big":
            for number in 0..<(Int(command[1]) ?? 0) {
                try await out.write([UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 32_768)[...])
                output.withLock { $0 += 32_768 }
            }
        case "unable":
            return [
                "kind": "Status", "status": "Failure", "reason": "InternalError", "code": 500,
                "message": "no such program",
            ]
        case "vanish":
            try await write("x", "stdout")
            return nil
        case "babble":
            try await streams["error"]?.write([UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)[...])
        default:
            while let bytes = try await streams["stdin"]?.read(), !bytes.elementsEqual("end".utf8) {
                try await out.write(bytes)
            }
            if let size = try await streams["resize"]?.read() { try await out.write(Array("size ".utf8) + size) }
        }
        return ["metadata": [:], "status": "Success"]
    }
}
