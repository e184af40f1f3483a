// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Telemetry

/// 2026-01-02T03:04:05.678Z.
let someTime: Int64 = 1_767_323_045_678_000_000

extension WallClock {
    /// A clock that stands.
    static let standing = WallClock { someTime }

    /// A clock that goes on by a microsecond with each look at it.
    static func counting() -> WallClock {
        let looks = Guarded<Int64>(0)
        return WallClock {
            looks.withLock { looks in
                looks += 1
                return someTime + (looks - 1) * 1000
            }
        }
    }
}

/// A log into a file of its own.
struct FileLog {
    let folder: TemporaryFolder
    let writer: LogWriter
    let log: Log

    init(
        _ format: LogFormat = .json, level: LogLevel = .info, lineBytes: Int = 16 * 1024, clock: WallClock = .standing
    ) throws {
        folder = try TemporaryFolder(prefix: "log")
        writer = LogWriter(
            try FileHandle(creating: "\(folder.path)/log"), format: format, level: level, lineBytes: lineBytes,
            clock: clock)
        log = Log(writer)
    }

    /// Everything that was written, without the last line end.
    func text() async throws -> String {
        guard await writer.flush(atMost: .seconds(300)) else { throw Fault(.internal, "the log is not written") }
        let text = String(decoding: try FileSystem.read("\(folder.path)/log", limit: 1 << 24), as: UTF8.self)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    /// Everything that was written, by lines: what stands between line feeds.
    func lines() async throws -> [String] {
        let text = try await text()
        return text.isEmpty ? [] : text.utf8.split(separator: 0x0A).map { String($0) ?? "" }
    }
}

/// A document out of a text.
func json(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8), source: "the test") }
