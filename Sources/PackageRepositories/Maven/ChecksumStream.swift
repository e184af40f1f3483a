// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography

extension ByteStream {
    /// Passes bytes through and throws `.mismatch` when they do not have the checksum. The last chunk is held back until
    /// that is known.
    func verified(_ kind: ChecksumKind, _ value: String, of thing: String) throws(Fault) -> ByteStream {
        switch kind {
        case .sha256: return verified(digest: try Digest(algorithm: .sha256, hex: value), size: nil, of: thing)
        case .sha512: return verified(digest: try Digest(algorithm: .sha512, hex: value), size: nil, of: thing)
        case .md5, .sha1:
            let check = LegacyCheck(kind, value, thing)
            return ByteStream {
                while true {
                    if let failure = check.failure { throw failure }
                    guard !check.hasEnded else { return nil }
                    guard let chunk = try await next() else { return try check.end() }
                    if let released = try check.take(chunk) { return released }
                }
            }
        }
    }
}

/// What is known about the bytes of one stream so far.
private final class LegacyCheck: @unchecked Sendable {
    // Proof of Sendable: a stream has one reader, who waits for a chunk before asking for the next; that orders all
    // accesses, and nothing here is reached from elsewhere.
    private let kind: ChecksumKind, value: String, thing: String
    private var hasher: LegacyChecksumHasher?
    private var held: Chunk?
    private(set) var failure: Fault?
    private(set) var hasEnded = false

    init(_ kind: ChecksumKind, _ value: String, _ thing: String) {
        (self.kind, self.value, self.thing) = (kind, value, thing)
        hasher = LegacyChecksumHasher(kind == .md5 ? .md5 : .sha1)
    }

    func take(_ chunk: Chunk) throws(Fault) -> Chunk? {
        guard hasher != nil else { throw fail("\(kind.rawValue.uppercased()) is refused by OpenSSL here") }
        hasher?.update(chunk)
        defer { held = chunk }
        return held
    }

    func end() throws(Fault) -> Chunk? {
        guard let hasher = hasher.take() else {
            throw fail("\(kind.rawValue.uppercased()) is refused by OpenSSL here")
        }
        let found = hasher.finalize()
        guard found == value else { throw fail("it should have the checksum \(value), but it has \(found)") }
        hasEnded = true
        return held.take()
    }

    private func fail(_ what: String) -> Fault {
        let fault = Fault(
            .mismatch, "\(thing): \(what)", fix: "the content was damaged or replaced; get it again from its origin")
        (failure, held) = (fault, nil)
        return fault
    }
}
