// SPDX-License-Identifier: Apache-2.0

internal import Basics

extension SPDYConnection {
    /// Takes a frame of the other side. Throws when it breaks a rule that the connection cannot go on without.
    func take(_ frame: SPDYFrame) throws(Fault) {
        switch frame {
        case .data(let id, let bytes, let isLast): try takeData(id, bytes, isLast)
        case .open(let id, let headers, let isLast, let isOneWay): try takeOpen(id, headers, isLast, isOneWay)
        case .reply(let id, _, let isLast): try takeReply(id, isLast)
        case .headers(let id, _, let isLast):
            guard isLast, try isOpen(id, "HEADERS") else { return }
            change(id) { $0.hasEnded = true }
        case .reset(let id, let status):
            guard try isOpen(id, "RST_STREAM") else { return }
            // What came before is in order, and stays for its reader: some servers end all their streams so.
            change(id) { entry in
                guard entry.failure == nil else { return }
                entry.failure = Fault(.unavailable, "the other side has reset a stream: \(status)")
                entry.isResetByThem = true
            }
            makeRoom()
        case .ping(let id):
            // Odd ones are from clients.
            if (id & 1 == 1) == (settings.role == .server) { try send(.ping(id)) }
        case .goAway(let last, _):
            hasGoneAway = true
            for (id, entry) in entries where !entry.isTheirs && id > last {
                fail(id, Fault(.unavailable, "the other side takes no more streams"))
            }
        case .window(let id, let delta): try takeWindow(id, Int(delta))
        case .settings(let settings): try take(settings)
        case .other: break
        }
    }

    /// Whether a stream is open. One that was is none any more when we have let go of it, and its last frames are on their way;
    /// one that never was is a lie.
    private func isOpen(_ id: UInt32, _ thing: String) throws(Fault) -> Bool {
        if entries[id] != nil { return true }
        let isOurs = (id & 1 == 1) == (settings.role == .client)
        guard isOurs ? lastID != .max && id <= lastID : id <= lastTheirs else {
            throw Fault(.corrupt, "a \(thing) frame of SPDY is for stream \(id), which nobody has opened")
        }
        return false
    }

    private func takeData(_ id: UInt32, _ bytes: [UInt8], _ isLast: Bool) throws(Fault) {
        let isWindowed = settings.flowControl == .windows
        guard !isWindowed || buffered + consumed + bytes.count <= max(settings.bufferBytes, Self.ownWindow) else {
            throw Fault(.corrupt, "the other side of a connection sends more than its window")
        }
        guard try isOpen(id, "data"), let entry = entries[id], entry.failure == nil else {
            return try allow(bytes.count, nil)
        }
        let wrong: SPDYStatus? =
            if entry.hasEnded {
                .alreadyClosed
            } else if !entry.isReplied, !entry.isTheirs {
                .protocolError
            } else if isWindowed, entry.incomingBytes + entry.consumed + bytes.count > Self.ownWindow {
                .flowControl
            } else { nil }
        if let wrong {
            try send(.reset(stream: id, wrong))
            fail(id, Fault(.corrupt, "the other side breaks the rules of a stream: \(wrong)"))
            return try allow(bytes.count, nil)
        }
        if !bytes.isEmpty { buffered += bytes.count }
        change(id) { entry in
            if !bytes.isEmpty {
                entry.incoming.append(bytes[...])
                entry.incomingBytes += bytes.count
            }
            if isLast { entry.hasEnded = true }
        }
    }

    private func takeOpen(_ id: UInt32, _ headers: SPDYHeaders, _ isLast: Bool, _ isOneWay: Bool) throws(Fault) {
        guard (id & 1 == 1) == (settings.role == .server), id > lastTheirs else {
            throw Fault(.corrupt, "a stream of SPDY is opened with the number \(id), behind \(lastTheirs)")
        }
        lastTheirs = id
        let count = entries.values.count { $0.isTheirs }
        guard settings.role == .server, count < settings.streams, accepted.count < settings.backlog else {
            return try send(.reset(stream: id, .refused))
        }
        let entry = Entry(window: initialWindow, isTheirs: true)
        (entry.hasEnded, entry.isFinished) = (isLast, isOneWay)
        entries[id] = entry
        accepted.append(SPDYStream(id, headers, self))
        arrived.change()
    }

    private func takeReply(_ id: UInt32, _ isLast: Bool) throws(Fault) {
        guard try isOpen(id, "SYN_REPLY"), let entry = entries[id], entry.failure == nil else { return }
        guard !entry.isTheirs, !entry.isReplied else {
            try send(.reset(stream: id, .inUse))
            return fail(id, Fault(.corrupt, "the other side replies twice to a stream"))
        }
        change(id) { entry in
            entry.isReplied = true
            if isLast { entry.hasEnded = true }
        }
    }

    private func takeWindow(_ id: UInt32, _ delta: Int) throws(Fault) {
        let tooMuch = Fault(.corrupt, "the other side opens a window wider than windows are")
        if id == 0 {
            guard window + delta <= Int(SPDYFrame.maximum) else { throw tooMuch }
            window += delta
            makeRoom()
        } else if try isOpen(id, "WINDOW_UPDATE"), let entry = entries[id] {
            guard entry.window + delta <= Int(SPDYFrame.maximum) else {
                try send(.reset(stream: id, .flowControl))
                return fail(id, tooMuch)
            }
            change(id) { $0.window += delta }
        }
    }

    private func take(_ settings: [SPDYFrame.Setting]) throws(Fault) {
        for setting in settings {
            if setting.id == SPDYFrame.Setting.maximalStreams { theirStreamLimit = Int(setting.value) }
            guard setting.id == SPDYFrame.Setting.initialWindow else { continue }
            guard setting.value <= SPDYFrame.maximum else {
                throw Fault(.corrupt, "the other side opens a window wider than windows are")
            }
            // Windows that are open already change as if they had begun so, and may be less than nothing then.
            let difference = Int(setting.value) - initialWindow
            initialWindow = Int(setting.value)
            for id in entries.keys { change(id) { $0.window += difference } }
        }
    }

    /// Lets go of what a stream still holds; its reader and its writer get the reason.
    func fail(_ id: UInt32, _ reason: Fault) {
        guard let entry = entries[id], entry.failure == nil else { return }
        change(id) { $0.failure = reason }
        discard(id)
        makeRoom()
    }

    /// Throws away what waits for the reader of a stream.
    func discard(_ id: UInt32) {
        guard let entry = entries[id], entry.incomingBytes > 0 else { return }
        let lost = entry.incomingBytes
        buffered -= lost
        (entry.incoming, entry.incomingBytes) = ([], 0)
        try? allow(lost, nil)
    }

    /// Lets the other side send as many bytes as were read, or thrown away, once they are worth a frame.
    func allow(_ count: Int, _ id: UInt32?) throws(Fault) {
        read.change()
        guard settings.flowControl == .windows, end == nil else { return }
        consumed += count
        if consumed >= max(settings.bufferBytes, Self.ownWindow) / 2 {
            try send(.window(stream: 0, delta: UInt32(consumed)))
            consumed = 0
        }
        guard let id, let entry = entries[id], !entry.hasEnded else { return }
        entry.consumed += count
        if entry.consumed >= Self.ownWindow / 2 {
            try send(.window(stream: id, delta: UInt32(entry.consumed)))
            entry.consumed = 0
        }
    }

    func change(_ id: UInt32, _ work: (Entry) -> Void) {
        guard let entry = entries[id] else { return }
        work(entry)
        entry.changed.change()
    }
}
