// SPDX-License-Identifier: Apache-2.0

import Basics
import Storage
import Testing

struct RecordLogTests {
    private let folder: TemporaryFolder
    private var path: String { "\(folder.path)/records" }
    init() throws { folder = try TemporaryFolder() }

    private func lines() throws -> [String?] {
        var lines: [String?] = []
        try RecordLog.read(path) { line, _ throws(Fault) in
            lines.append(line.map { String(decoding: $0, as: UTF8.self) })
        }
        return lines
    }

    @Test("what is appended is read again, also by the next process")
    func append() throws {
        let log = try RecordLog(path)
        _ = try log.append([Array("one".utf8), Array("two".utf8)])
        let end = try RecordLog(path).append([Array("three".utf8)])
        #expect(try lines() == ["one", "two", "three"])
        #expect(try Int64(FileSystem.read(path, limit: 1000).count) == end)
    }

    @Test("a torn end is cut off wherever it was torn", arguments: 1..<21)
    func torn(_ count: Int) throws {
        let start = try RecordLog(path).append([Array("one".utf8)])
        _ = try RecordLog(path).append([Array("two".utf8)])
        let bytes = try FileSystem.read(path, limit: 1000)
        try FileSystem.write(Array(bytes[..<min(bytes.count - 1, Int(start) + count)]), to: path)
        let log = try RecordLog(path)
        #expect(log.length == start)
        _ = try log.append([Array("three".utf8)])
        #expect(try lines() == ["one", "three"])
    }

    @Test("any changed byte of a line makes it damaged, and the others stay readable")
    func damage() throws {
        let log = try RecordLog(path)
        let first = try log.append([Array("one".utf8)])
        _ = try log.append([Array("two".utf8)])
        let bytes = try FileSystem.read(path, limit: 1000)
        for index in 0..<Int(first) - 1 {
            var changed = bytes
            changed[index] ^= 0x40
            try FileSystem.write(changed, to: path)
            #expect(try lines() == [nil, "two"], "byte \(index)")
        }
    }

    @Test("what is retracted was never there")
    func retract() throws {
        let log = try RecordLog(path)
        let end = try log.append([Array("one".utf8)])
        _ = try log.append([Array("two".utf8)])
        log.retract(to: end)
        _ = try log.append([Array("three".utf8)])
        #expect(try lines() == ["one", "three"])
    }
}
