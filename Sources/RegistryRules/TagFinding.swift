// SPDX-License-Identifier: Apache-2.0

internal import Cryptography
public import Documents
public import Registry

/// What a check of everything has found about a tag.
public struct TagFinding: Sendable {
    /// The tag as it was then.
    public let entry: TagEntry
    /// What the rules say about it.
    public let verdict: SignatureVerdict
    /// How it waits, for tags that are pending.
    public let pending: PendingTag?
    /// Whether it was taken from sight by this check.
    public internal(set) var isHidden = false

    /// `repository`, `tag`, `digest`, `outcome`, `hidden`, and where there are such things `version`, `signatures`,
    /// `reason`, `since` and `expires`, times in milliseconds since 1970.
    public var json: JSON {
        var object: JSONObject = [
            "repository": .string(entry.repository.description), "tag": .string(entry.tag),
            "digest": .string(entry.digest.description), "outcome": .string(verdict.outcome.rawValue),
            "hidden": .bool(isHidden),
        ]
        if let component = verdict.component { object["version"] = .string(component) }
        if !verdict.signatures.isEmpty {
            object["signatures"] = .array(
                verdict.signatures.map { ["name": .string($0.name), "by": .string($0.signer)] })
        }
        if let reason = verdict.reason { object["reason"] = .string(String(reason.prefix(2000))) }
        if let pending {
            object["since"] = .number(JSONNumber(pending.since))
            if let expires = pending.expires { object["expires"] = .number(JSONNumber(expires)) }
        }
        return .object(object)
    }
}

/// How many tags a check of everything has found to be what.
public struct SignatureExamination: Sendable, Equatable {
    /// Tags that hold: versions that verify, and what they name.
    public internal(set) var holding = 0
    /// Tags that readers saw and that do not hold.
    public internal(set) var failing = 0
    /// Tags that are pending.
    public internal(set) var waiting = 0
    /// Of those that do not hold, the ones that readers do not see any more.
    public internal(set) var hidden = 0

    /// Nothing was found.
    public init() {}

    /// The numbers by their names.
    public var json: JSON {
        func number(_ value: Int) -> JSON { .number(JSONNumber(Int64(value))) }
        return [
            "holding": number(holding), "failing": number(failing), "waiting": number(waiting),
            "hidden": number(hidden),
        ]
    }
}
