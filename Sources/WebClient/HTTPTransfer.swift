// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CCurl
internal import Web

/// The state of one transfer. It lives on the client's thread; the actor is its lock.
final class HTTPTransfer: CurlTransferDelegate {
    /// How many bytes of the request's body wait for the network before its source is slowed.
    private static let sendLimit = 512 * 1024
    /// A server that stores a large body needs time before it answers: a second for so many bytes.
    private static let storedPerSecond: Int64 = 32 * 1024 * 1024

    let request: HTTPRequest
    private var watch: StallWatch

    // Response.
    private(set) var head: HTTPHeadParser
    let received = ReceivedBytes()

    // Request body.
    /// Where the body stands, if it is not queued.
    var source: (any HTTPBodySource)?
    private var outgoing: [Chunk] = []
    private var outgoingBytes = 0
    private var sent: Int64 = 0
    private var hasOutgoingEnded: Bool
    private(set) var isSendPaused = false
    private(set) var sourceFailure: (any Error)?

    // End.
    private(set) var outcome: CurlOutcome?
    private(set) var failure: Fault?
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(_ request: HTTPRequest, settings: HTTPClientSettings) {
        self.request = request
        head = HTTPHeadParser(limit: settings.headerLimit)
        hasOutgoingEnded = !request.body.isStreamed
        watch = StallWatch(limit: settings.idleTimeout, bytesPerSecond: settings.lowestSpeed, now: .now)
    }

    // MARK: libcurl's side

    func received(headerLine line: UnsafeRawBufferPointer) -> Bool {
        do throws(Fault) {
            try unsafe head.take(line, from: request.url.origin.hostAndPort)
        } catch {
            failure = error
            return false
        }
        if head.isComplete { wake() }
        return true
    }

    func received(_ bytes: UnsafeRawBufferPointer) -> ReceivedBytes.Addition {
        watch.moved(bytes.count)
        return unsafe received.add(bytes)
    }

    func provide(_ buffer: UnsafeMutableRawBufferPointer) -> CurlUpload {
        guard sourceFailure == nil else { return .abort }
        var copied = unsafe source?.read(into: buffer) ?? 0
        while copied < buffer.count, let chunk = outgoing.first {
            let count = min(chunk.count, buffer.count - copied)
            unsafe chunk.withUnsafeBytes {
                unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[copied...])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count]))
            }
            copied += count
            outgoingBytes -= count
            if count == chunk.count { outgoing.removeFirst() } else { outgoing[0] = chunk.dropFirst(count) }
        }
        sent += Int64(copied)
        watch.moved(copied)
        if source == nil && wantsOutgoing { wake() }
        if copied > 0 { return .bytes(copied) }
        if hasOutgoingEnded { return .end }
        isSendPaused = true
        if source != nil { wake() }
        return .pause
    }

    func deliver() { received.deliver() }

    func isStalled(at now: ContinuousClock.Instant, isConnected: Bool) -> Bool {
        // Before there is a connection, the connect timeout rules.
        let isExcused = !isConnected || received.isPaused || isSendPaused
        let grace = head.isComplete ? Duration.zero : .seconds(sent / Self.storedPerSecond)
        return watch.isStalled(at: now, isExcused: isExcused, grace: grace)
    }

    func finished(_ outcome: CurlOutcome) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        outgoing = []
        received.end()
        wake()
    }

    // MARK: the actor's side

    /// Whether nothing more will come.
    var hasEnded: Bool { outcome != nil }
    /// Whether more of the request's body may be queued.
    var wantsOutgoing: Bool { outgoingBytes < Self.sendLimit }

    /// Adds to the request's body; true when the transfer was paused for want of it and has to be let go on.
    func queue(_ chunk: Chunk) -> Bool {
        outgoing.append(chunk)
        outgoingBytes += chunk.count
        return letGoOn()
    }

    /// Whether the transfer was paused for want of bytes, and has to be let go on now that its source has some.
    func letGoOn() -> Bool {
        defer { isSendPaused = false }
        return isSendPaused
    }

    /// Ends the request's body, well or with a failure; true when the transfer was paused for want of more.
    func endOutgoing(_ failure: (any Error)?) -> Bool {
        (hasOutgoingEnded, sourceFailure) = (true, failure)
        return letGoOn()
    }

    /// Waits until something has changed.
    func wait() async { await withCheckedContinuation { waiters.append($0) } }

    private func wake() {
        guard !waiters.isEmpty else { return }
        let all = waiters
        waiters = []
        for waiter in all { waiter.resume() }
    }
}
