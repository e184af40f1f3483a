// SPDX-License-Identifier: Apache-2.0

internal import OCI

/// Why somebody may do something or may not.
public struct AccessExplanation: Sendable, CustomStringConvertible {
    /// Whether they may.
    public let isAllowed: Bool
    /// The rule that allows it; nil when no rule is the reason.
    public let rule: AccessRule?
    /// The reason in one sentence.
    public let description: String
}

extension AccessRules {
    /// Which rule decided; agrees with `allows`.
    public func explain(_ identity: Identity, _ action: AccessAction, _ repository: String) -> AccessExplanation {
        let subject = "\(identity) \(action.rawValue) on \(repository)"
        func answer(_ isAllowed: Bool, _ reason: String, _ rule: AccessRule? = nil) -> AccessExplanation {
            AccessExplanation(
                isAllowed: isAllowed, rule: rule,
                description: "\(subject): \(isAllowed ? "allowed" : "denied"), \(reason)")
        }
        guard ImageReference.isRepository(repository) else { return answer(false, "no repository has that name") }
        switch identity.authority {
        case .grants(let grants):
            let isGranted = grants.repositories[repository]?.contains(action) ?? false
            return answer(isGranted, isGranted ? "its token grants it" : "its token does not grant it")
        case .rulesWithin(let grants) where grants.repositories[repository]?.contains(action) != true:
            return answer(false, "its token does not grant it")
        case .rules, .rulesWithin: break
        }
        guard !rules.isEmpty else {
            if isOpen { return answer(true, "there are no rules and no way to authenticate") }
            let isKnown = identity.isAuthenticated
            return answer(
                isKnown, "there are no rules, and \(isKnown ? "everybody authenticated may" : "nobody else may")")
        }
        let rule = rules.first { rule in
            rule.actions.contains(action) && rule.subjects.contains(identity)
                && rule.repositories.contains { $0.matches(repository) }
        }
        guard let rule else { return answer(false, "no rule allows it") }
        return answer(true, "by the rule at \(rule)", rule)
    }
}
