// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents

/// A signed token that is well formed and nothing else: whom it names and what it says is not known to be true.
///
/// Only a `TokenVerifier` gets claims out of it. Nothing of it is shown anywhere, faults included.
public struct UnverifiedToken: Sendable, CustomStringConvertible, CustomReflectable {
    /// The most bytes of a token.
    public static let sizeLimit = 16 * 1024

    /// The name of the key that is said to have signed it; to be looked up among trusted keys, for nothing else.
    public let keyID: String?
    /// The algorithm that it says it is signed with; to be compared with that of the key.
    public let algorithm: TokenAlgorithm
    /// Who is said to have issued it; to choose among trusted issuers, for nothing else.
    public let claimedIssuer: String?
    /// What it says it is, `typ`, in lower case and without `application/`.
    let type: String?
    /// What was signed: the two first parts with the point between them.
    let signed: [UInt8]
    let signature: [UInt8]
    let claims: JSONObject

    /// Says nothing of what is in it.
    public var description: String { "unverified token" }
    /// Nothing of what is in it.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Members of the header that bring keys or name where to get them; who sends a token chooses them.
    private static let keyMembers = ["jku", "jwk", "x5u", "x5c"]
    /// Members that change how the rest is read; none is understood (RFC 7515 section 4.1.11, RFC 7797).
    private static let criticalMembers = ["crit", "b64", "zip", "enc"]

    /// Reads a token in the compact form.
    ///
    /// - Throws: `.limitExceeded` above 16 KiB, otherwise `.unverified`, for whatever is not one signed token in its
    ///   canonical form: other numbers of parts, other alphabets, duplicate members, algorithms other than
    ///   `TokenAlgorithm`, headers that bring keys or change how the token is read.
    public init(_ text: String) throws(Fault) {
        guard text.utf8.count <= Self.sizeLimit else {
            throw Fault(
                .limitExceeded, "the token is larger than \(ByteCount(Int64(Self.sizeLimit)))",
                fix: "ask for one with fewer claims")
        }
        let bytes = Array(text.utf8)
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw Self.refused("does not have three parts") }
        guard let head = Base64URL.decode(parts[0]), let body = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw Self.refused("is not in canonical Base64 for URLs") }
        guard !signature.isEmpty else { throw Self.refused("has no signature") }
        let header = try Self.object(head, "header")
        claims = try Self.object(body, "body")
        (self.signature, signed) = (signature, Array(bytes[..<parts[1].endIndex]))
        try Self.checkMembers(header)
        guard let name = header["alg"]?.string, let algorithm = TokenAlgorithm(rawValue: name) else {
            throw Self.refused("is not signed with RS256, ES256, ES384 or EdDSA")
        }
        self.algorithm = algorithm
        keyID = try header["kid"].map { value throws(Fault) in
            guard let name = value.string, KeyIdentifier.isValid(name) else {
                throw Self.refused("names its key in a way that is not accepted")
            }
            return name
        }
        type = try header["typ"].map { value throws(Fault) in
            guard let name = value.string?.lowercased() else { throw Self.refused("has a type that is no string") }
            return name.hasPrefix("application/") ? String(name.dropFirst("application/".count)) : name
        }
        claimedIssuer = claims["iss"]?.string
    }

    private static func checkMembers(_ header: JSONObject) throws(Fault) {
        guard !keyMembers.contains(where: { header[$0] != nil }) else {
            throw refused("brings its own key or says where to get one")
        }
        guard !criticalMembers.contains(where: { header[$0] != nil }) else {
            throw refused("demands an extension that is not understood")
        }
    }

    private static func object(_ bytes: [UInt8], _ part: String) throws(Fault) -> JSONObject {
        var limits = DocumentLimits()
        (limits.bytes, limits.depth, limits.nodes) = (sizeLimit, 16, 4096)
        // The parser's own words would quote the token.
        guard let object = (try? JSON(parsing: bytes, source: "a token", limits: limits))?.object else {
            throw refused("has a \(part) that is no JSON object with distinct members")
        }
        return object
    }

    static func refused(_ reason: String) -> Fault {
        Fault(.unverified, "the token \(reason)", fix: "ask its issuer for a new one")
    }
}
