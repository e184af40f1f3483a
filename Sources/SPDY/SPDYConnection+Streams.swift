// SPDX-License-Identifier: Apache-2.0

public import Basics

extension SPDYConnection {
    /// How much of a stream goes out at once, so that others get their turn.
    private static let piece = 16 * 1024

    /// Opens a stream; what is written to it waits until the other side has taken it.
    public func open(_ headers: SPDYHeaders) throws(Fault) -> SPDYStream {
        if let end { throw end }
        guard !isClosing else { throw Fault(.unavailable, "a connection is closed") }
        guard !hasGoneAway else { throw Fault(.unavailable, "the other side takes no more streams") }
        guard entries.values.count(where: { !$0.isTheirs && $0.failure == nil }) < theirStreamLimit else {
            throw Fault(.unavailable, "the other side takes \(theirStreamLimit) streams at once, not more")
        }
        // Before the first stream of a client it is one below 1.
        guard lastID &+ 2 <= SPDYFrame.maximum else {
            throw Fault(.unavailable, "a connection has had all the streams there are", fix: "open another one")
        }
        lastID &+= 2
        entries[lastID] = Entry(window: initialWindow, isTheirs: false)
        try send(.open(stream: lastID, headers, isLast: false, isOneWay: false))
        return SPDYStream(lastID, headers, self)
    }

    /// The next stream that the other side has opened; nil when the connection has ended. For one task.
    public func accept() async throws -> SPDYStream? {
        while true {
            let seen = arrived.count
            if !accepted.isEmpty { return accepted.removeFirst() }
            if end != nil { return nil }
            try await arrived.wait(past: seen)
        }
    }

    /// Why a stream cannot be used any more, if so.
    private func entry(_ id: UInt32) throws -> Entry {
        if let end, entries[id].map({ $0.failure == nil }) ?? true { throw end }
        guard let entry = entries[id] else { throw Fault(.cancelled, "a stream was given up") }
        if let failure = entry.failure { throw failure }
        return entry
    }

    func waitForReply(_ id: UInt32) async throws {
        while true {
            // What came after the reply is told to readers and writers.
            if let entry = entries[id], entry.isReplied, entry.failure == nil || entry.isResetByThem { return }
            let entry = try entry(id)
            let seen = entry.changed.count
            try await entry.changed.wait(past: seen)
        }
    }

    func reply(_ id: UInt32, _ headers: SPDYHeaders) throws {
        let entry = try entry(id)
        guard entry.isTheirs, !entry.isReplied, !entry.isFinished else { return }
        change(id) { $0.isReplied = true }
        try send(.reply(stream: id, headers, isLast: false))
    }

    func read(_ id: UInt32) async throws -> Chunk? {
        while true {
            // What came before the connection was lost is read all the same.
            if let entry = entries[id], let chunk = entry.incoming.first {
                buffered -= chunk.count
                change(id) { entry in
                    entry.incoming.removeFirst()
                    entry.incomingBytes -= chunk.count
                }
                try allow(chunk.count, id)
                return chunk
            }
            if let entry = entries[id], entry.hasEnded, entry.failure == nil || entry.isResetByThem { return nil }
            let entry = try entry(id)
            let seen = entry.changed.count
            try await entry.changed.wait(past: seen)
        }
    }

    func write(_ id: UInt32, _ bytes: Chunk) async throws {
        var rest = bytes
        while !rest.isEmpty {
            let entry = try entry(id)
            guard !entry.isFinished else { throw Fault(.invalid, "a stream is written to behind its end") }
            guard !isClosing else { throw Fault(.unavailable, "a connection is closed") }
            let isWindowed = settings.flowControl == .windows
            // Waits for what is the stream's own matter, then for what all wait for.
            let (own, all) = (entry.changed.count, drained.count)
            guard entry.isReplied, !isWindowed || entry.window > 0 else {
                try await entry.changed.wait(past: own)
                continue
            }
            guard outgoing.count < Self.roomy, !isWindowed || window > 0 else {
                isCrowded = true
                try await drained.wait(past: all)
                continue
            }
            let room = min(Self.piece, rest.count, isWindowed ? min(entry.window, window) : .max)
            window -= room
            entry.window -= room
            try send(.data(stream: id, Array(rest.prefix(room)), isLast: false))
            rest = rest.dropFirst(room)
        }
    }

    func finish(_ id: UInt32) async throws {
        try await waitForReply(id)
        guard try !entry(id).isFinished else { return }
        change(id) { $0.isFinished = true }
        try send(.data(stream: id, [], isLast: true))
    }

    func hasEnded(_ id: UInt32) -> Bool {
        guard end == nil, let entry = entries[id] else { return true }
        return entry.hasEnded || entry.failure != nil
    }

    func reset(_ id: UInt32, _ status: SPDYStatus) {
        guard let entry = entries[id], entry.failure == nil else { return discard(id) }
        if !(entry.hasEnded && entry.isFinished) { try? send(.reset(stream: id, status)) }
        fail(id, Fault(.cancelled, "a stream was given up"))
    }

    /// Nobody holds the stream any more.
    func release(_ id: UInt32) {
        reset(id, .cancelled)
        entries[id] = nil
    }
}
