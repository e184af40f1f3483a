// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// A further name of whom a certificate is for (RFC 5280 section 4.2.1.6).
public enum AlternativeName: Hashable, Sendable {
    /// A mailbox.
    case email(String)
    /// A host.
    case dns(String)
    /// A URI.
    case uri(String)
}

extension Certificate {
    /// The most names of a certificate that are looked at.
    static let alternativeNameLimit = 256

    /// Mailboxes, hosts and URIs that the certificate names, in their order; names of other kinds are left out.
    ///
    /// A name that is not printable ASCII is left out as well: a NUL in one has been used to pass for another.
    public var alternativeNames: [AlternativeName] { handle.alternativeNames }

    /// Addresses that the certificate names, each of 4 or 16 bytes, in their order.
    public var alternativeAddresses: [[UInt8]] { handle.alternativeAddresses }

    /// The common name of the subject, when it has one.
    public var commonName: String? { subject.attributes["CN"]?.first }
}

extension CertificateHandle {
    fileprivate var alternativeAddresses: [[UInt8]] {
        defer { _ = drainOpenSSLErrors() }
        guard let names = unsafe sovereign_alternative_names(pointer) else { return [] }
        defer { unsafe GENERAL_NAMES_free(names) }
        let count = min(Int(unsafe sovereign_names_count(names)), Certificate.alternativeNameLimit)
        return (0..<count).compactMap { index in
            var size: Int32 = 0
            guard let start = unsafe sovereign_names_address(names, Int32(index), &size), size == 4 || size == 16 else {
                return nil
            }
            return unsafe Array(UnsafeBufferPointer(start: start, count: Int(size)))
        }
    }

    fileprivate var alternativeNames: [AlternativeName] {
        defer { _ = drainOpenSSLErrors() }
        guard let names = unsafe sovereign_alternative_names(pointer) else { return [] }
        defer { unsafe GENERAL_NAMES_free(names) }
        let count = min(Int(unsafe sovereign_names_count(names)), Certificate.alternativeNameLimit)
        return (0..<count).compactMap { index in
            var kind: Int32 = 0, size: Int32 = 0
            guard let start = unsafe sovereign_names_text(names, Int32(index), &kind, &size) else { return nil }
            let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: Int(size)))
            guard !bytes.isEmpty, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
            let text = String(decoding: bytes, as: UTF8.self)
            return switch kind {
            case GEN_EMAIL: .email(text)
            case GEN_DNS: .dns(text)
            default: .uri(text)
            }
        }
    }
}
