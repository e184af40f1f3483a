// SPDX-License-Identifier: Apache-2.0

public import Basics

/// The digest of some content, such as `sha256:3b5d…`; a value of this type is always well formed.
public struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// A digest algorithm the OCI image specification registers.
    public enum Algorithm: String, Sendable, CaseIterable {
        /// SHA-256.
        case sha256
        /// SHA-512.
        case sha512

        /// The name the Open Component Model uses: `SHA-256`.
        public var ocmName: String { self == .sha256 ? "SHA-256" : "SHA-512" }
        /// How many bytes a digest has.
        public var byteCount: Int { self == .sha256 ? 32 : 64 }

        /// Reads `SHA-256` and the older spelling `sha256`.
        public init?(ocmName: String) {
            switch ocmName {
            case "SHA-256", "sha256": self = .sha256
            case "SHA-512", "sha512": self = .sha512
            default: return nil
            }
        }
    }

    /// The algorithm.
    public let algorithm: Algorithm
    /// The value in lower-case hexadecimal digits.
    public let hex: String
    /// `<algorithm>:<hex>`.
    public var description: String { "\(algorithm.rawValue):\(hex)" }
    /// The value as bytes.
    public var bytes: [UInt8] { [UInt8](hex: hex) ?? [] }

    /// Parses `<algorithm>:<lower-case hex>`.
    public init(_ text: String) throws(Fault) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let algorithm = Algorithm(rawValue: String(parts[0])) else {
            throw Fault(.invalid, "“\(text.prefix(150))” is not a digest", fix: "write it as sha256:<64 hex digits>")
        }
        try self.init(algorithm: algorithm, hex: String(parts[1]))
    }

    /// Takes a value in lower-case hexadecimal digits.
    public init(algorithm: Algorithm, hex: String) throws(Fault) {
        let isHex = hex.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard hex.utf8.count == 2 * algorithm.byteCount, isHex else {
            throw Fault(
                .invalid, "“\(hex.prefix(150))” is not a \(algorithm.rawValue) digest",
                fix: "write \(2 * algorithm.byteCount) lower-case hexadecimal digits")
        }
        (self.algorithm, self.hex) = (algorithm, hex)
    }

    /// The digest of bytes in memory.
    public init(of bytes: [UInt8], algorithm: Algorithm = .sha256) {
        var hasher = DigestHasher(algorithm)
        hasher.update(bytes[...])
        self = hasher.finalize()
    }

    /// The digest of a piece of bytes in memory.
    public init(of bytes: Chunk, algorithm: Algorithm = .sha256) {
        var hasher = DigestHasher(algorithm)
        hasher.update(bytes)
        self = hasher.finalize()
    }

    init(algorithm: Algorithm, checked bytes: [UInt8]) { (self.algorithm, hex) = (algorithm, bytes.hex) }

    /// The order of the texts.
    public static func < (a: Digest, b: Digest) -> Bool { a.description < b.description }
}
