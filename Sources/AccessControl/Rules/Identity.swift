// SPDX-License-Identifier: Apache-2.0

internal import Cryptography

/// Who asks, as far as was shown, and what decides about it.
public struct Identity: Sendable, Hashable, CustomStringConvertible {
    /// How somebody showed who they are.
    public enum Means: String, Sendable {
        /// Not at all.
        case anonymous
        /// Name and password.
        case password
        /// A client certificate.
        case certificate
        /// A token that this service issued.
        case token
        /// A token of a trusted issuer elsewhere.
        case issuer
    }

    /// What decides what they may do.
    public enum Authority: Sendable, Hashable {
        /// The rules.
        case rules
        /// The rules, and of that only what a token grants.
        case rulesWithin(TokenGrants)
        /// What a token of a trusted issuer grants, whatever the rules say.
        case grants(TokenGrants)
    }

    /// The most bytes of the name of a user or a group.
    public static let nameLimit = 255
    /// The most groups of one user.
    public static let groupLimit = 256

    /// The name; nil for nobody in particular.
    public let user: String?
    /// The groups they belong to.
    public let groups: Set<String>
    /// How they showed it.
    public let means: Means
    /// What decides.
    public let authority: Authority
    /// What rules depend on, as one text: user and groups.
    let ruleKey: String

    /// Somebody.
    public init(user: String?, groups: Set<String> = [], means: Means, authority: Authority = .rules) {
        (self.user, self.groups, self.means, self.authority) = (user, groups, means, authority)
        // No name holds a NUL, and that of nobody differs from every name.
        let key = ([user.map { "=\($0)" } ?? ""] + groups.sorted()).joined(separator: "\0")
        // Tables keep it often, so it is never long.
        ruleKey = key.utf8.count <= 128 ? key : "#\(Digest(of: Array(key.utf8)).hex)"
    }

    /// Nobody in particular.
    public static let anonymous = Identity(user: nil, means: .anonymous)

    /// Whether it is known who it is.
    public var isAuthenticated: Bool { user != nil }

    /// Name and means: `alice (password)`, `anonymous`.
    public var description: String {
        guard let user else { return "anonymous" }
        return "\(user) (\(means.rawValue))"
    }

    /// Whether a text may name a user or a group: 1 to 255 bytes, not `*`, and nothing that is invisible or changes how
    /// what stands beside it is shown.
    public static func isName(_ text: String) -> Bool {
        guard (1...nameLimit).contains(text.utf8.count), text != "*" else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
    }
}
