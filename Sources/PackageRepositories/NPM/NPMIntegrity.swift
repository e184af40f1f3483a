// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography

/// What the bytes of a package must be, as a registry says it: the strongest of its hashes that is known here.
public enum NPMIntegrity: Hashable, Sendable {
    /// A digest.
    case digest(Digest)
    /// A SHA-1 in hexadecimal digits, of packages from before 2017: shows damage, proves nothing.
    case sha1(String)

    /// Reads `integrity` (“Subresource Integrity”: words such as `sha512-<Base64>`), and `shasum` when there is none.
    ///
    /// Nil when both are missing. Throws `.invalid` when the words hold no hash that is known here: a weaker one in
    /// `shasum` does not stand in for it.
    public init?(integrity: String?, shasum: String?) throws(Fault) {
        if let integrity, !integrity.trimmed.isEmpty {
            let words = integrity.split(separator: " ").map { $0.prefix { $0 != "?" } }
            func value(_ algorithm: String, count: Int) -> String? {
                words.lazy.filter { $0.hasPrefix("\(algorithm)-") }
                    .compactMap { [UInt8](base64: $0.dropFirst(algorithm.utf8.count + 1)) }
                    .first { $0.count == count }?.hex
            }
            if let hex = value("sha512", count: 64) {
                self = .digest(try Digest(algorithm: .sha512, hex: hex))
            } else if let hex = value("sha256", count: 32) {
                self = .digest(try Digest(algorithm: .sha256, hex: hex))
            } else if let hex = value("sha1", count: 20) {
                self = .sha1(hex)
            } else {
                throw Fault(
                    .invalid, "the integrity “\(integrity.prefix(100))” holds no hash that is known here",
                    fix: "known are sha512, sha256 and sha1")
            }
            return
        }
        guard let shasum, !shasum.isEmpty else { return nil }
        guard shasum.utf8.count == 40, let bytes = [UInt8](hex: shasum) else {
            throw Fault(.invalid, "the shasum “\(shasum.prefix(100))” is no SHA-1", fix: "check the registry")
        }
        self = .sha1(bytes.hex)
    }

    /// The stream, checked before its end.
    func verified(_ stream: ByteStream, of thing: String) throws(Fault) -> ByteStream {
        switch self {
        case .digest(let digest): stream.verified(digest: digest, size: nil, of: thing)
        case .sha1(let hex): try stream.verified(.sha1, hex, of: thing)
        }
    }
}
