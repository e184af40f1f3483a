// SPDX-License-Identifier: Apache-2.0

/// Whether a request is allowed, and why.
public struct AccessVerdict: Hashable, Sendable {
    /// Whether it is. What no rule allows is not allowed.
    public let isAllowed: Bool
    /// Which binding allows it, or what kept bindings from counting; may be empty.
    public let reason: String

    /// A verdict.
    public init(isAllowed: Bool, reason: String = "") { (self.isAllowed, self.reason) = (isAllowed, reason) }
}

/// Decides who may do what.
public protocol Authorizer: Sendable {
    /// Whether a request is allowed.
    func authorize(_ request: RequestAttributes) -> AccessVerdict
    /// What a user may do in a namespace, and in the whole cluster; an empty namespace asks for the latter alone.
    func rules(of user: UserInfo, in namespace: String) -> HeldRules
}

/// What somebody may do.
public struct HeldRules: Hashable, Sendable {
    /// The rules that hold.
    public var rules: [RoleRule]
    /// Why there may be more: bindings to roles that are not there. Nil when all is known.
    public var problem: String?

    /// Rules.
    public init(_ rules: [RoleRule], problem: String? = nil) { (self.rules, self.problem) = (rules, problem) }
}
