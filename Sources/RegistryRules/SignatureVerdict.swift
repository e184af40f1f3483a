// SPDX-License-Identifier: Apache-2.0

internal import ComponentModel
public import Registry

/// A signature that was verified as a rule demands.
public struct SignatureWitness: Sendable, Hashable {
    /// The signature's name.
    public let name: String
    /// Who made it: the subject of its certificate, or a summary of the key.
    public let signer: String
}

/// What the signature rules say about a tag.
public struct SignatureVerdict: Sendable, Hashable {
    /// What came of it.
    public enum Outcome: String, Sendable, Hashable {
        /// No rule is about its repository.
        case unasked
        /// A version that verifies, or a manifest that one names.
        case holds
        /// It does not verify.
        case fails
        /// It is not shown, and waits for something.
        case waits
    }
    /// What came of it.
    public let outcome: Outcome
    /// The component version that the tag stands for, as `acme.org/app:1.0.0`; nil for other tags.
    public let component: String?
    /// The prefix of the rule; nil when there is none.
    public let rule: String?
    /// The signatures that the rule asks for, when they verify.
    public let signatures: [SignatureWitness]
    /// Why it does not hold, in one sentence, for those who may see what is not verified; nil when it does.
    public let reason: String?
    /// When this was found out, in milliseconds since 1970.
    public let checked: Int64

    init(
        _ outcome: Outcome, component: String? = nil, rule: String? = nil, signatures: [SignatureWitness] = [],
        reason: String? = nil, checked: Int64
    ) {
        (self.outcome, self.component, self.rule) = (outcome, component, rule)
        (self.signatures, self.reason, self.checked) = (signatures, reason, checked)
    }
}

extension TagEntry {
    /// The component version that the tag stands for by its repository and name, as `acme.org/app:1.0.0`.
    public var componentVersion: String? { ComponentPlace(repository)?.identity(tag)?.description }
}
