// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CCurl
internal import Web

/// The state of one transfer. It lives on the client's thread; the actor is its lock.
final class HTTPTransfer: CurlTransferDelegate {
    /// How many received bytes wait for the reader before the sender is slowed.
    static let receiveLimit = 512 * 1024
    /// How many chunks of the request's body wait for the network.
    static let sendLimit = 2

    private(set) var easy: CurlEasy?
    private let headerLimit: Int

    // Response.
    private(set) var status = 0
    private(set) var headers = HTTPHeaders()
    private(set) var hasHead = false
    private var headerBytes = 0
    private var received: [UInt8] = []
    private var isReceivePaused = false

    // Request body.
    private var outgoing: [Chunk] = []
    private var hasOutgoingEnded = true
    private var isSendPaused = false
    private(set) var sourceFailure: (any Error)?

    // End.
    private(set) var end: CURLcode?
    private(set) var failure: Fault?
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(headerLimit: Int) { self.headerLimit = headerLimit }

    func attach(_ easy: CurlEasy) { self.easy = easy }

    // MARK: libcurl's side

    func received(headerLine line: String) {
        headerBytes += line.utf8.count + 2
        if headerBytes > headerLimit {
            failure = Fault(.limitExceeded, "the server sent more than \(headerLimit) bytes of header fields")
            return
        }
        if line.hasPrefix("HTTP/") {
            status = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            headers = HTTPHeaders()
        } else if line.isEmpty {
            // Interim answers (100, 103) are followed by the real one.
            guard status >= 200 else { return }
            hasHead = true
            wake()
        } else if let colon = line.firstIndex(of: ":") {
            headers.add(String(line[..<colon]), line[line.index(after: colon)...].trimmed)
        }
    }

    func received(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard received.count < Self.receiveLimit else {
            isReceivePaused = true
            return false
        }
        if received.isEmpty { received.reserveCapacity(Self.receiveLimit) }
        unsafe received.append(contentsOf: bytes)
        wake()
        return true
    }

    func provide(_ buffer: UnsafeMutableBufferPointer<UInt8>) -> CurlUpload {
        guard sourceFailure == nil else { return .abort }
        var copied = 0
        while copied < buffer.count, let chunk = outgoing.first {
            let part = chunk.prefix(buffer.count - copied)
            _ = unsafe UnsafeMutableBufferPointer(rebasing: buffer[copied...]).initialize(from: part)
            copied += part.count
            if part.count == chunk.count { outgoing.removeFirst() } else { outgoing[0] = chunk.dropFirst(part.count) }
        }
        if copied > 0 {
            wake()
            return .bytes(copied)
        }
        if hasOutgoingEnded { return .end }
        isSendPaused = true
        wake()
        return .pause
    }

    // MARK: the actor's side

    func finish(_ code: CURLcode) {
        end = code
        outgoing = []
        easy = nil
        wake()
    }

    /// Whether received bytes wait for the reader.
    var hasBytes: Bool { !received.isEmpty }

    /// Takes what was received; unpauses the sender.
    func take() -> Chunk {
        let bytes = received
        received = []
        if isReceivePaused {
            isReceivePaused = false
            easy?.unpause()
        }
        return bytes[...]
    }

    func beginOutgoing() { hasOutgoingEnded = false }
    /// Whether another chunk of the request's body may be queued.
    var wantsOutgoing: Bool { outgoing.count < Self.sendLimit }

    func queue(_ chunk: Chunk) {
        outgoing.append(chunk)
        continueSending()
    }

    func endOutgoing(_ failure: (any Error)?) {
        hasOutgoingEnded = true
        sourceFailure = failure
        continueSending()
    }

    private func continueSending() {
        guard isSendPaused else { return }
        isSendPaused = false
        easy?.unpause()
    }

    func wait() async { await withCheckedContinuation { waiters.append($0) } }

    private func wake() {
        guard !waiters.isEmpty else { return }
        let all = waiters
        waiters = []
        for waiter in all { waiter.resume() }
    }
}
