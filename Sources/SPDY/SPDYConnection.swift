// SPDX-License-Identifier: Apache-2.0

public import Basics

/// Streams over one connection, opened by either side; SPDY/3.1.
///
/// It works while `run` does. Everything it holds is bounded: what waits for readers by its settings, what waits for the
/// network by half a MiB. A side that breaks the rules is told so, and the connection ends with a `Fault`, which everyone gets who
/// still reads or writes one of its streams.
public actor SPDYConnection {
    /// A stream as the connection knows it.
    final class Entry {
        var incoming: [Chunk] = []
        var incomingBytes = 0
        var isReplied = false
        /// Whether the other side has ended, and whether we have.
        var hasEnded = false
        var isFinished = false
        var failure: Fault?
        /// Whether that is a reset of the other side: what came before is still read.
        var isResetByThem = false
        /// How much may still be sent; how much was read and not yet allowed again.
        var window: Int
        var consumed = 0
        /// Whether the other side has opened it.
        let isTheirs: Bool
        let changed = ChangeSignal()

        init(window: Int, isTheirs: Bool) { (self.window, self.isTheirs) = (window, isTheirs) }
    }

    let transport: any SPDYTransport
    let settings: SPDYSettings
    private var reader: SPDYFrameReader
    private var writer: SPDYFrameWriter
    var entries: [UInt32: Entry] = [:]
    var lastID: UInt32
    var lastTheirs: UInt32 = 0
    var accepted: [SPDYStream] = []
    /// Bytes of all streams that nobody has read yet.
    var buffered = 0
    var outgoing: [UInt8] = []
    var hasRun = false
    /// Whether nothing more is taken to be sent.
    var isClosing = false
    /// Set when nothing more is sent or received.
    var end: Fault?
    /// Set when the other side takes no more streams.
    var hasGoneAway = false
    var theirStreamLimit = Int.max
    // Windows: of the connection, and with which streams begin.
    var window = 65_536
    var consumed = 0
    var initialWindow = 65_536
    static let ownWindow = 65_536

    /// Frames were put into `outgoing`, or nothing more will be.
    private let queued = ChangeSignal()
    /// There may be room for writers, some of whom wait for it.
    let drained = ChangeSignal()
    var isCrowded = false
    /// Somebody has read.
    let read = ChangeSignal()
    /// A stream was opened.
    let arrived = ChangeSignal()
    /// How many bytes wait for the network before writers wait; and before a side that asks for answers and takes none is
    /// left.
    static let roomy = 256 * 1024
    private static let unbearable = 1 << 19

    /// A connection over something that carries bytes.
    public init(_ transport: any SPDYTransport, _ settings: SPDYSettings) throws(Fault) {
        (self.transport, self.settings) = (transport, settings)
        reader = try SPDYFrameReader(settings.limits)
        writer = try SPDYFrameWriter()
        // Streams of clients have odd numbers, those of servers even ones.
        lastID = settings.role == .client ? UInt32.max : 0
    }

    /// Moves frames until the connection ends; then closes the transport. Throws what it ended with, unless that was `close`
    /// or the other side's end between two frames. It ends with its task.
    public func run() async throws {
        precondition(!hasRun, "a connection runs once")
        hasRun = true
        if settings.flowControl == .windows, settings.bufferBytes > Self.ownWindow {
            try send(.window(stream: 0, delta: UInt32(clamping: settings.bufferBytes - Self.ownWindow)))
        }
        let result: Result<Void, any Error>
        do {
            try await moveFrames()
            result = .success(())
        } catch { result = .failure(error) }
        switch result {
        case .success: stop(Fault(.unavailable, "a connection has ended"))
        case .failure(let error): stop(Fault(wrapping: error))
        }
        transport.close()
        try result.get()
    }

    /// Ends the connection when what was sent before is on its way.
    public func close() {
        guard end == nil, !isClosing else { return }
        try? send(.goAway(lastStream: lastTheirs, 0))
        isClosing = true
        queued.change()
    }

    /// How many streams somebody holds.
    var streamCount: Int { entries.count }

    private enum Part: Equatable { case reader, writer, other }

    private func moveFrames() async throws {
        try await withThrowingTaskGroup(of: Part.self) { group in
            group.addTask {
                try await self.readFrames()
                return .reader
            }
            group.addTask {
                try await self.writeFrames()
                return .writer
            }
            if let pause = settings.keepAlive {
                group.addTask {
                    try await self.keepAlive(pause)
                    return .other
                }
            }
            defer { group.cancelAll() }
            do {
                guard try await group.next() == .writer else { return }
                // Closed by us: the transport sends what it has, and its end comes back.
                transport.close()
                group.addTask { try await Self.part(after: .seconds(3)) }
                _ = try? await group.next()
            } catch let fault as Fault where fault.code == .corrupt || fault.code == .limitExceeded {
                // The other side is told, if it listens: PROTOCOL_ERROR.
                try? send(.goAway(lastStream: lastTheirs, 1))
                isClosing = true
                queued.change()
                group.addTask { try await Self.part(after: .seconds(1)) }
                _ = try? await group.next()
                throw fault
            }
        }
    }

    private static func part(after pause: Duration) async throws -> Part {
        try await Task.sleep(for: pause)
        return .other
    }

    private func readFrames() async throws {
        while let bytes = try await transport.receive() {
            reader.add(bytes)
            while let frame = try reader.next() {
                try take(frame)
                guard outgoing.count < Self.unbearable else {
                    throw Fault(.limitExceeded, "the other side of a connection asks and does not listen")
                }
                while settings.flowControl == .transport, buffered >= settings.bufferBytes {
                    let seen = read.count
                    if buffered >= settings.bufferBytes { try await read.wait(past: seen) }
                }
            }
        }
        guard reader.isBetweenFrames else {
            throw Fault(.unavailable, "a connection has ended in the middle of a frame", fix: "run it again")
        }
    }

    private func writeFrames() async throws {
        while true {
            let seen = queued.count
            if outgoing.isEmpty {
                if isClosing { return }
                try await queued.wait(past: seen)
                continue
            }
            let bytes = outgoing
            outgoing = []
            makeRoom()
            try await transport.send(bytes)
        }
    }

    private func keepAlive(_ pause: Duration) async throws {
        // Pings of clients are odd, those of servers even.
        var id: UInt32 = settings.role == .client ? 1 : 2
        while true {
            try await Task.sleep(for: pause)
            try send(.ping(id))
            id = id > SPDYFrame.maximum - 2 ? id & 1 == 1 ? 1 : 2 : id + 2
        }
    }

    /// Wakes those who wait for what all wait for.
    func makeRoom() {
        guard isCrowded else { return }
        isCrowded = false
        drained.change()
    }

    /// Puts a frame behind those that wait.
    func send(_ frame: SPDYFrame) throws(Fault) {
        guard end == nil, !isClosing else { return }
        outgoing += try writer.encoded(frame)
        queued.change()
    }

    /// Nothing more happens on this connection.
    private func stop(_ reason: Fault) {
        end = reason
        for entry in entries.values { entry.changed.change() }
        accepted = []
        for signal in [queued, drained, read, arrived] { signal.change() }
    }
}
