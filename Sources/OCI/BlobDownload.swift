// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Web
internal import WebClient

/// The bytes of one blob of a registry from an offset on. When a connection breaks off, the rest is asked for.
///
/// The joined bytes are not checked here. How often one goes on is bounded: as many breaks in a row as the retry policy
/// has attempts, with its waits between them; who has moved `progress` bytes meanwhile starts counting anew.
actor BlobDownload {
    private let client: RegistryClient
    private let digest: Digest, repository: String
    /// Where the next byte stands that the reader wants.
    private var position: Int64
    /// How many bytes the answers say that the blob has.
    private var total: Int64?
    /// What the first answer was called, if it has a strong name (RFC 9110 section 8.8.3).
    private var tag: String?
    private var body: ByteStream?
    /// Bytes of the body that come before `position`.
    private var surplus: Int64 = 0
    /// How many bytes the reader expects.
    private let size: Int64?
    /// Whether there is nothing to ask for.
    private let isEmpty: Bool
    private var breaks = 0
    private var lastBreak: Int64

    private static let progress: Int64 = 1024 * 1024

    init(_ client: RegistryClient, _ digest: Digest, size: Int64?, from offset: Int64, in repository: String) {
        (self.client, self.digest, self.repository) = (client, digest, repository)
        (position, lastBreak) = (offset, offset)
        self.size = size
        isEmpty = offset > 0 && offset == size
    }

    /// Whether all is there, whatever an answer said of its length: there is no rest to ask for. The digest decides.
    private var isComplete: Bool { position == size ?? total }

    private var thing: String { "the blob \(digest) of \(client.name)/\(repository)" }

    /// Asks for the bytes from `position` on, unless there are none.
    func begin() async throws {
        guard !isEmpty else { return }
        var request = HTTPRequest(method: .get, url: try client.url("/v2/\(repository)/blobs/\(digest)"))
        if position > 0 {
            request.headers["Range"] = "bytes=\(position)-"
            request.headers["If-Range"] = tag
        }
        let response = try await client.send(request, repository, .pull)
        switch response.status {
        case 206 where position > 0:
            try check(response.headers["Content-Range"])
            surplus = 0
        case 200:
            if position > 0 {
                client.http.settings.observe?("… no ranges of \(thing): \(position) bytes are read again")
            }
            surplus = position
            total = response.headers["Content-Length"].flatMap { Int64($0) }
        default: throw await client.fault(response, "fetching \(thing)")
        }
        if tag == nil { tag = response.headers["ETag"].flatMap { $0.hasPrefix("\"") ? $0 : nil } }
        body = response.body
    }

    /// `bytes 100-199/200`, where it must be the rest that was asked for.
    private func check(_ field: String?) throws(Fault) {
        guard let range = field.flatMap(ContentRange.init), range.first == position,
            total == nil || range.size == nil || range.size == total
        else {
            throw Fault(
                .corrupt, "\(client.name) answers a request for \(thing) from byte \(position) on with other bytes",
                fix: "the registry or a proxy before it is broken; read it without the proxy")
        }
        total = total ?? range.size
    }

    /// The next bytes; nil at the end.
    func next() async throws -> Chunk? {
        while true {
            do {
                while let chunk = try await body?.next() {
                    let dropped = min(surplus, Int64(chunk.count))
                    surplus -= dropped
                    guard dropped < chunk.count else { continue }
                    position += Int64(chunk.count) - dropped
                    return chunk.dropFirst(Int(dropped))
                }
                guard body != nil, let total, position < total else { return nil }
                body = nil
                guard !isComplete else { return nil }
                try await wait(after: Fault(.unavailable, "\(thing) ends after \(position) of \(total) bytes"))
            } catch let fault as Fault where fault.code == .unavailable && body != nil {
                body = nil
                guard !isComplete else { return nil }
                try await wait(after: fault)
            }
            try await begin()
        }
    }

    /// Waits as long as the retry policy wants, or throws the failure when that was one too many.
    private func wait(after fault: Fault) async throws {
        if position - lastBreak >= Self.progress { breaks = 0 }
        (breaks, lastBreak) = (breaks + 1, position)
        let settings = client.http.settings
        guard breaks < settings.retry.attempts, let delay = settings.retry.delay(afterAttempt: breaks, retryAfter: nil)
        else { throw fault }
        settings.observe?("… \(fault.message); the rest from byte \(position) on is asked for")
        try await settings.retry.sleep(delay)
    }
}

/// Which part of a content an answer carries (RFC 9110 section 14.4).
struct ContentRange {
    let first: Int64, last: Int64
    /// How many bytes the whole has, if the server knows.
    let size: Int64?

    /// Reads `bytes 0-499/1234` and `bytes 0-499/*`; nil for anything else.
    init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
        let parts = words[1].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Self.number(ends[0]), let last = Self.number(ends[1]), first <= last else {
            return nil
        }
        let size = Self.number(parts[1])
        guard size != nil || parts[1] == "*", last < size ?? .max else { return nil }
        (self.first, self.last, self.size) = (first, last, size)
    }

    /// Digits alone: no sign and no space.
    static func number(_ text: Substring) -> Int64? {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
    }
}
