// SPDX-License-Identifier: Apache-2.0

import Basics

@testable import SPDY

/// Two ends between which bytes go in pieces of a few sizes, as networks cut them.
final class Wire: SPDYTransport {
    private final class Lane: Sendable {
        let bytes = Guarded<(waiting: [UInt8], hasEnded: Bool)>(([], false))
        let changed = ChangeSignal()
    }
    private let incoming: Lane
    private let outgoing: Lane
    private static let capacity = 64 * 1024

    private init(_ incoming: Lane, _ outgoing: Lane) { (self.incoming, self.outgoing) = (incoming, outgoing) }

    static func pair() -> (Wire, Wire) {
        let (one, other) = (Lane(), Lane())
        return (Wire(one, other), Wire(other, one))
    }

    func receive() async throws -> Chunk? {
        while true {
            let seen = incoming.changed.count
            let (bytes, hasEnded) = incoming.bytes.withLock { state in
                let count = min(state.waiting.count, 10_007)
                defer { state.waiting.removeFirst(count) }
                return (Array(state.waiting.prefix(count)), state.hasEnded)
            }
            if !bytes.isEmpty {
                incoming.changed.change()
                return bytes[...]
            }
            if hasEnded { return nil }
            try await incoming.changed.wait(past: seen)
        }
    }

    func send(_ bytes: [UInt8]) async throws {
        while true {
            let seen = outgoing.changed.count
            let isDone = try outgoing.bytes.withLock { state in
                guard !state.hasEnded else { throw Fault(.unavailable, "the wire is cut") }
                guard state.waiting.count < Self.capacity else { return false }
                state.waiting += bytes
                return true
            }
            if isDone { return outgoing.changed.change() }
            try await outgoing.changed.wait(past: seen)
        }
    }

    func close() {
        for lane in [incoming, outgoing] {
            lane.bytes.withLock { $0.hasEnded = true }
            lane.changed.change()
        }
    }
}

extension [UInt8] {
    /// Bytes written as pairs of hexadecimal digits.
    init(hex: String) {
        let digits = hex.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        self = stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}

/// A connection that runs as long as this is used, and what it has ended with.
struct Running: Sendable {
    let connection: SPDYConnection
    let task: Task<Void, any Error>

    init(_ wire: Wire, _ settings: SPDYSettings) throws {
        let connection = try SPDYConnection(wire, settings)
        self.connection = connection
        task = Task { try await connection.run() }
    }

    /// What it ends with.
    var code: Fault.Code? {
        get async {
            do {
                try await task.value
                return nil
            } catch { return Fault(wrapping: error).code }
        }
    }
}
