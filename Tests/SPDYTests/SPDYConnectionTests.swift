// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@testable import SPDY

@Suite("Connections of SPDY", .timeLimit(.minutes(3))) struct SPDYConnectionTests {
    /// A client, and a server that gives back what each stream says, until its end.
    static func withEcho(
        _ flowControl: SPDYSettings.FlowControl, change: (inout SPDYSettings) -> Void = { _ in },
        _ use: (SPDYConnection) async throws -> Void
    ) async throws {
        let (near, far) = Wire.pair()
        var settings = SPDYSettings(.client, flowControl: flowControl)
        change(&settings)
        let client = try Running(near, settings)
        settings.role = .server
        let server = try Running(far, settings)
        let echoing = Task {
            try await withThrowingDiscardingTaskGroup { group in
                while let stream = try await server.connection.accept() {
                    group.addTask {
                        try await stream.reply()
                        while let bytes = try await stream.read() { try await stream.write(bytes) }
                        try await stream.finish()
                    }
                }
            }
        }
        try await use(client.connection)
        await client.connection.close()
        #expect(await client.code == nil)
        #expect(await server.code == nil)
        _ = await echoing.result
    }

    static func exchange(_ connection: SPDYConnection, _ bytes: [UInt8]) async throws -> [UInt8] {
        let stream = try await connection.open(["n": "1"])
        let writing = Task {
            try await stream.write(bytes[...])
            try await stream.finish()
        }
        var answer: [UInt8] = []
        while let chunk = try await stream.read() { answer += chunk }
        try await writing.value
        return answer
    }

    @Test(
        "many streams at once, each with its own bytes and its own end",
        arguments: [SPDYSettings.FlowControl.windows, .transport])
    func many(_ flowControl: SPDYSettings.FlowControl) async throws {
        try await Self.withEcho(flowControl) { connection in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let bytes = (0..<number * 200).map { UInt8(truncatingIfNeeded: $0 / 7 + number) }
                        let answer = try await Self.exchange(connection, bytes)
                        #expect(answer == bytes)
                    }
                }
                try await group.waitForAll()
            }
            // What has ended and is held by nobody takes no place.
            while await connection.streamCount > 0 { await Task.yield() }
            #expect(await connection.buffered == 0)
        }
    }

    @Test("with windows, a stream that nobody reads holds up no other") func windows() async throws {
        try await Self.withEcho(.windows) { connection in
            let stuck = try await connection.open([:])
            let writing = Task { try await stuck.write([UInt8](repeating: 1, count: 1 << 20)[...]) }
            while await connection.buffered < 65_536 { await Task.yield() }
            #expect(try await Self.exchange(connection, [UInt8](repeating: 2, count: 300_000)).count == 300_000)
            await stuck.reset()
            await #expect(throws: Fault.self) { try await writing.value }
            await #expect(throws: Fault.self) { try await stuck.read() }
        }
    }

    @Test("without windows, no more is read than there is room for") func held() async throws {
        try await Self.withEcho(.transport, change: { $0.bufferBytes = 100_000 }) { connection in
            let stream = try await connection.open([:])
            let writing = Task {
                try await stream.write([UInt8](repeating: 1, count: 2 << 20)[...])
                try await stream.finish()
            }
            while await connection.buffered < 100_000 { await Task.yield() }
            #expect(await connection.buffered < 120_000)
            var count = 0
            while let chunk = try await stream.read() { count += chunk.count }
            try await writing.value
            #expect(count == 2 << 20)
        }
    }

    @Test("what came before a reset is read, and then what it was", arguments: [false, true])
    func readBeforeReset(_ hasEnded: Bool) async throws {
        let (near, far) = Wire.pair()
        let client = try Running(near, SPDYSettings(.client, flowControl: .transport))
        let server = try Running(far, SPDYSettings(.server, flowControl: .transport))
        let (first, second) = (try await client.connection.open([:]), try await client.connection.open([:]))
        for _ in 0..<2 {
            let taken = try #require(try await server.connection.accept())
            try await taken.reply()
            try await taken.write([1, 2, 3])
            if hasEnded { try await taken.finish() }
            await taken.reset()
        }
        try await second.waitForReply()
        while await !second.hasEnded { await Task.yield() }
        #expect(try await first.read() == [1, 2, 3])
        if hasEnded {
            #expect(try await first.read() == nil)
        } else {
            await #expect { try await first.read() } throws: { ($0 as? Fault)?.message.contains("CANCEL") == true }
        }
        await #expect(throws: Fault.self) { try await first.write([1]) }
        // What nobody reads is let go.
        await second.reset()
        #expect(await client.connection.buffered == 0)
    }

    @Test("what is refused, reset and gone is told to who uses it") func ends() async throws {
        let (near, far) = Wire.pair()
        let client = try Running(near, SPDYSettings(.client))
        var settings = SPDYSettings(.server)
        settings.streams = 2
        let server = try Running(far, settings)
        let first = try await client.connection.open(["n": "1"])
        let taken = try #require(try await server.connection.accept())
        #expect(taken.headers["N"] == "1" && taken.id == 1)
        try await taken.reply()
        try await first.waitForReply()
        try await first.write([1, 2, 3])
        #expect(try await taken.read() == [1, 2, 3])
        await taken.reset(.internalError)
        await #expect { try await first.read() } throws: { ($0 as? Fault)?.message.contains("INTERNAL_ERROR") == true }
        await #expect(throws: Fault.self) { try await first.write([1]) }
        let second = try await client.connection.open([:])
        // As many as a server takes: what it holds counts.
        let third = try await client.connection.open([:])
        await #expect { try await third.waitForReply() } throws: { ($0 as? Fault)?.message.contains("REFUSED") == true }
        far.close()
        await #expect(throws: Fault.self) { try await second.waitForReply() }
        await #expect(throws: Fault.self) { try await client.connection.open([:]) }
        _ = await server.code
        #expect(try await server.connection.accept() == nil)
        withExtendedLifetime(taken) {}
    }

    @Test("who waits can be cancelled, and others go on") func cancelled() async throws {
        try await Self.withEcho(.transport) { connection in
            let stream = try await connection.open([:])
            let reading = Task { try await stream.read() }
            reading.cancel()
            await #expect(throws: CancellationError.self) { try await reading.value }
            try await stream.write([5])
            #expect(try await stream.read() == [5])
            #expect(try await Self.exchange(connection, [1, 2]) == [1, 2])
        }
    }

    @Test("what is closed says so to who writes") func closed() async throws {
        let (near, far) = Wire.pair()
        let client = try Running(near, SPDYSettings(.client, flowControl: .transport))
        let server = try Running(far, SPDYSettings(.server, flowControl: .transport))
        let stream = try await client.connection.open([:])
        try await server.connection.accept()?.reply()
        await client.connection.close()
        await #expect(throws: Fault.self) { try await stream.write([1]) }
        await #expect(throws: Fault.self) { try await client.connection.open([:]) }
        #expect(await client.code == nil)
        #expect(await server.code == nil)
    }

    // MARK: Lies

    /// What a connection ends with that hears these frames behind a stream that it has opened, or that a client has.
    private static func end(
        _ role: SPDYSettings.Role, _ frames: [SPDYFrame],
        raw: [UInt8] = []
    ) async throws -> Fault.Code? {
        let (near, far) = Wire.pair()
        let subject = try Running(near, SPDYSettings(role))
        let stream = role == .client ? try await subject.connection.open(["n": "1"]) : nil
        let writer = try SPDYFrameWriter()
        let listening = Task { while try await far.receive() != nil {} }
        for frame in frames {
            do { try await far.send(writer.encoded(frame)) } catch { break }
        }
        try? await far.send(raw)
        // Whoever is not outraged by then hears a farewell.
        try? await far.send(writer.encoded(.goAway(lastStream: 0, 0)))
        let waiting = Task { await subject.code }
        while await subject.connection.end == nil, await !subject.connection.hasGoneAway { await Task.yield() }
        far.close()
        withExtendedLifetime(stream) {}
        _ = await listening.result
        return await waiting.value
    }

    @Test(
        "a server that lies ends the connection",
        arguments: [
            ("data of a stream that was never opened", [SPDYFrame.data(stream: 3, [1], isLast: false)]),
            ("a reply to one", [.reply(stream: 3, [:], isLast: false)]),
            ("a reset of one", [.reset(stream: 3, .cancelled)]),
            ("a window for one", [.window(stream: 2, delta: 1)]),
            ("a stream with a number of ours", [.open(stream: 3, [:], isLast: false, isOneWay: false)]),
            (
                "the same stream twice",
                [
                    .open(stream: 2, [:], isLast: false, isOneWay: false),
                    .open(stream: 2, [:], isLast: false, isOneWay: false),
                ]
            ),
            ("a window wider than windows are", [.window(stream: 0, delta: 0x7FFF_FFFF)]),
            ("streams that begin with such a window", [.settings([.init(id: 7, value: 0x8000_0000)])]),
        ] as [(String, [SPDYFrame])])
    func lies(_ what: String, _ frames: [SPDYFrame]) async throws {
        #expect(try await Self.end(.client, frames) == .corrupt, "\(what)")
    }

    @Test("so does one that sends more than the window, asks and does not listen, or writes no frames") func floods()
        async throws
    {
        let pieces = [SPDYFrame](
            repeating: .data(stream: 1, [UInt8](repeating: 0, count: 1 << 20), isLast: false), count: 9)
        // A stream whose window was exceeded is reset; the window of the connection is all there is beyond that.
        #expect(try await Self.end(.client, [.reply(stream: 1, [:], isLast: false)] + pieces) == nil)
        #expect(try await Self.end(.client, [], raw: Array("HTTP/1.1 200 OK\r\n\r\n".utf8)) == .corrupt)
        #expect(try await Self.end(.client, [], raw: [0x80, 2, 0, 1, 0, 0, 0, 0]) == .corrupt)
        #expect(try await Self.end(.server, [.open(stream: 2, [:], isLast: false, isOneWay: false)]) == .corrupt)
    }

    @Test(
        "what a stream does wrong ends the stream",
        arguments: [
            [SPDYFrame.data(stream: 1, [1], isLast: false)],
            [.reply(stream: 1, [:], isLast: false), .reply(stream: 1, [:], isLast: false)],
            [.reply(stream: 1, [:], isLast: true), .data(stream: 1, [1], isLast: false)],
            [.reply(stream: 1, [:], isLast: false), .window(stream: 1, delta: 0x7FFF_FFFF)],
        ]) func wrongStream(_ frames: [SPDYFrame]) async throws
    {
        let (near, far) = Wire.pair()
        let subject = try Running(near, SPDYSettings(.client))
        let stream = try await subject.connection.open([:])
        let other = try await subject.connection.open([:])
        let writer = try SPDYFrameWriter()
        for frame in frames + [.reply(stream: 3, [:], isLast: false), .data(stream: 3, [7], isLast: true)] {
            try await far.send(writer.encoded(frame))
        }
        #expect(try await other.read() == [7])
        await #expect { while try await stream.read() != nil {} } throws: { ($0 as? Fault)?.code == .corrupt }
        far.close()
        _ = await subject.code
    }

    @Test("a server that asks for answers and takes none is left") func deaf() async throws {
        let (near, far) = Wire.pair()
        let subject = try Running(near, SPDYSettings(.client))
        let writer = try SPDYFrameWriter()
        let pings = try (0..<20_000).flatMap { _ in try writer.encoded(.ping(2)) }
        let sending = Task { for _ in 0..<40 { try await far.send(pings) } }
        #expect(await subject.code == .limitExceeded)
        far.close()
        _ = await sending.result
    }
}
