// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Glibc
import Telemetry
import Testing

@Suite("Log writer", .timeLimit(.minutes(10)))
struct LogWriterTests {
    /// A pipe: what reads and what writes.
    private func pipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        guard unsafe Glibc.pipe(&ends) == 0 else { throw Fault.system(errno, "make a pipe") }
        // Not for the children of other tests, which would keep it open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// What comes out of a pipe until its other end is closed.
    private func read(_ descriptor: Int32) throws -> [JSON] {
        let file = FileHandle(takingOwnership: descriptor, path: "the pipe")
        var bytes: [UInt8] = []
        while true {
            let piece = try file.readNext(upTo: 4096)
            if piece.isEmpty { break }
            bytes += piece
        }
        return try bytes.split(separator: 0x0A).map { try JSON(parsing: Array($0), source: "a line") }
    }

    @Test("drops lines when nobody reads, without waiting, and says how many")
    func dropped() async throws {
        let (reading, writing) = try pipe()
        var (written, dropped) = (0, 0)
        do {
            let writer = LogWriter(
                FileHandle(takingOwnership: writing, path: "the pipe"), lineBytes: 512, queueBytes: 4096,
                clock: .standing)
            let log = Log(writer)
            while writer.dropped < 100 {
                log.info("line", ["number": .integer(written), "filling": .string(String(repeating: "x", count: 100))])
                written += 1
            }
            dropped = writer.dropped
            #expect(await writer.flush(atMost: .zero) == false)
        }
        let lines = try read(reading)
        let numbers = lines.compactMap { $0["number"]?.int }
        #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
        #expect(numbers.count == written - dropped)
        let notices = lines.filter { $0["message"]?.string == "lines of this log were dropped" }
        #expect(notices.reduce(0) { $0 + ($1["dropped"]?.int ?? 0) } == Int64(dropped))
        #expect(notices.allSatisfy { $0["level"]?.string == "warn" })
    }

    @Test("keeps going when nobody will ever read, and counts what is lost")
    func broken() async throws {
        let (reading, writing) = try pipe()
        close(reading)
        let writer = LogWriter(FileHandle(takingOwnership: writing, path: "the pipe"))
        for number in 1...3 {
            Log(writer).info("lost")
            #expect(await writer.flush(atMost: .seconds(300)))
            #expect(writer.dropped == number)
        }
    }

    @Test("writes the lines of many threads whole, each thread's in order")
    func threads() async throws {
        let file = try FileLog()
        await withTaskGroup(of: Void.self) { group in
            for thread in 0..<8 {
                group.addTask { [log = file.log.with("thread", .integer(thread))] in
                    for number in 0..<200 { log.info("line", ["number": .integer(number)]) }
                }
            }
        }
        let lines = try await file.lines().map(json)
        #expect(lines.count == 1600 && file.writer.dropped == 0)
        for thread in 0..<8 {
            let numbers = lines.filter { $0["thread"]?.int == Int64(thread) }.compactMap { $0["number"]?.int }
            #expect(numbers == Array(0..<200))
        }
    }

    @Test("writes what waits when it is let go")
    func letGo() throws {
        let (reading, writing) = try pipe()
        do {
            let log = Log(LogWriter(FileHandle(takingOwnership: writing, path: "the pipe")))
            for number in 0..<10 { log.info("line", ["number": .integer(number)]) }
        }
        #expect(try read(reading).compactMap { $0["number"]?.int } == Array(0..<10))
    }
}
