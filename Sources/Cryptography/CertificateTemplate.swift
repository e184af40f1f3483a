// SPDX-License-Identifier: Apache-2.0

public import Basics

/// What a certificate that is to be issued says.
public struct CertificateTemplate: Sendable {
    /// What it is for.
    public enum Purpose: Sendable, Hashable {
        /// To issue certificates for servers and clients, and no further authorities.
        case authority
        /// To be the server of a TLS connection.
        case server
        /// To be the client of a TLS connection.
        case client
    }

    /// What it is for.
    public var purpose: Purpose
    /// The common name of its subject.
    public var commonName: String
    /// The organizations of its subject.
    public var organizations: [String] = []
    /// Hosts it is for.
    public var hosts: [String] = []
    /// Addresses it is for, each of 4 or 16 bytes.
    public var addresses: [[UInt8]] = []
    /// From when it is valid.
    public var notBefore: Timestamp
    /// Until when it is valid.
    public var notAfter: Timestamp

    /// A template without organizations and further names.
    public init(_ purpose: Purpose, commonName: String, notBefore: Timestamp, notAfter: Timestamp) {
        (self.purpose, self.commonName) = (purpose, commonName)
        (self.notBefore, self.notAfter) = (notBefore, notAfter)
    }

    /// The upper bound of both attributes of a name (RFC 5280 appendix A.1), in characters.
    private static let nameLimit = 64
    /// The most further names.
    private static let hostLimit = 100

    /// What makes it no certificate; nil when nothing does.
    var problem: String? {
        for text in [commonName] + organizations {
            guard (1...Self.nameLimit).contains(text.unicodeScalars.count),
                text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) })
            else { return "the name “\(text.prefix(80))” is empty, longer than \(Self.nameLimit) or no plain text" }
        }
        guard hosts.count + addresses.count <= Self.hostLimit else { return "there are too many hosts" }
        for host in hosts where !Self.isHost(host) { return "“\(host.prefix(80))” is no name of a host" }
        guard addresses.allSatisfy({ $0.count == 4 || $0.count == 16 }) else {
            return "an address has neither 4 nor 16 bytes"
        }
        guard notBefore < notAfter, notBefore.seconds >= 0, notAfter.seconds <= 253_402_300_799 else {
            return "it would not be valid at any time"
        }
        return nil
    }

    /// Labels of letters, digits, dashes and underscores; the first one may be a star.
    private static func isHost(_ text: String) -> Bool {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard text.utf8.count <= 253 else { return false }
        return labels.enumerated().allSatisfy { index, label in
            if index == 0, labels.count > 1, label.elementsEqual("*".utf8) { return true }
            guard (1...63).contains(label.count) else { return false }
            return label.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: "_")
            }
        }
    }
}
