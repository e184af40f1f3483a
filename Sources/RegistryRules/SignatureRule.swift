// SPDX-License-Identifier: Apache-2.0

public import AccessControl
public import Basics
internal import Registry

/// Demands that what is tagged below a prefix belongs to an OCM component version whose signature verifies.
public struct SignatureRule: Sendable, Hashable {
    /// Something that can vouch for a signature. Files are read whenever a signature is checked, so that new keys count
    /// at once; one that cannot be read vouches for nothing.
    public enum Key: Sendable, Hashable {
        /// A PEM file with a public key or a certificate, whose key made the signature.
        case publicKey(path: String)
        /// A PEM file with root certificates, to one of which the signature's own certificate leads.
        ///
        /// `issuer` is the distinguished name that its subject must contain; without it, anyone whom the roots certify for
        /// signing code may have signed.
        case roots(path: String, issuer: String?)
    }
    /// A signature that a version must have.
    public struct Demand: Sendable, Hashable {
        /// Its name; nil for a signature of any name.
        public let name: String?
        /// One of these must have made it. Several let an old key and its successor stand beside each other.
        public let keys: [Key]

        /// A signature of a name, made with one of the keys.
        public init(name: String?, keys: [Key]) { (self.name, self.keys) = (name, keys) }
    }
    /// What becomes of tags that no verified version vouches for yet.
    public enum Unverified: String, Sendable, Hashable, CaseIterable {
        /// They are taken, and shown when a verified version names their manifest.
        case pending
        /// They are refused.
        case refused
    }
    /// Whole segments with which names of repositories begin; empty for all repositories.
    public let prefix: String
    /// All of them must be met. There is at least one, with at least one key.
    public let demands: [Demand]
    /// The components whose versions may be pushed; empty for all.
    public let components: [RepositoryPattern]
    /// What becomes of tags that no verified version vouches for yet.
    public let unverified: Unverified
    /// Whether the versions that a version refers to must be here and verify by the same rule.
    public let isRecursive: Bool

    /// A rule; throws `.invalid` for a prefix that begins no repository's name, and when there is nothing to verify with.
    public init(
        prefix: String, demands: [Demand], components: [RepositoryPattern] = [], unverified: Unverified = .pending,
        isRecursive: Bool = true
    ) throws(Fault) {
        if !prefix.isEmpty {
            do throws(Fault) { _ = try Registry.RepositoryName(prefix) } catch {
                throw Fault(
                    .invalid, "“\(prefix.prefix(255))” begins no repository's name", fix: "write it as acme/app")
            }
        }
        guard !demands.isEmpty, demands.allSatisfy({ !$0.keys.isEmpty }) else {
            throw Fault(
                .invalid, "the signature rule for “\(prefix)” has nothing to verify with",
                fix: "give each signature a key or root certificates")
        }
        (self.prefix, self.demands, self.components) = (prefix, demands, components)
        (self.unverified, self.isRecursive) = (unverified, isRecursive)
    }

    /// Whether a repository can be below both this rule's prefix and another one.
    public func overlaps(_ other: String) -> Bool {
        prefix.isEmpty || other.isEmpty || "\(prefix)/".hasPrefix("\(other)/") || "\(other)/".hasPrefix("\(prefix)/")
    }

    /// Whether the prefix covers a repository.
    func covers(_ repository: Registry.RepositoryName) -> Bool {
        prefix.isEmpty || repository.description == prefix || repository.description.hasPrefix(prefix + "/")
    }
}
