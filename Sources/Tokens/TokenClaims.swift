// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// The registered claims of a token (RFC 7519 section 4.1), each of its type or refused.
struct TokenClaims {
    /// The last second of the year 9999: larger numbers are no times, and sums with them do not overflow.
    private static let latest: Int64 = 253_402_300_799
    /// The most names that a token is for.
    private static let audienceLimit = 64

    private let members: JSONObject

    init(_ members: JSONObject) { self.members = members }

    func text(_ name: String) throws(Fault) -> String? {
        guard let value = members[name] else { return nil }
        guard let text = value.string else { throw UnverifiedToken.refused("has a claim “\(name)” that is no string") }
        return text
    }

    /// One name, or a list of names.
    func audiences() throws(Fault) -> [String] {
        switch members["aud"] {
        case nil: return []
        case .string(let one): return [one]
        case .array(let items) where items.count <= Self.audienceLimit:
            let names = items.compactMap(\.string)
            guard names.count == items.count else { fallthrough }
            return names
        default: throw UnverifiedToken.refused("has a claim “aud” that is no string and no short list of strings")
        }
    }

    /// Seconds since 1970, as a whole number: who needs fractions of them does not need tokens.
    func time(_ name: String) throws(Fault) -> Int64? {
        guard let value = members[name] else { return nil }
        guard let seconds = value.int, (0...Self.latest).contains(seconds) else {
            throw UnverifiedToken.refused("has a claim “\(name)” that is no time in whole seconds")
        }
        return seconds
    }
}
