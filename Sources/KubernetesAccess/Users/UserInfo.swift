// SPDX-License-Identifier: Apache-2.0

public import Documents

/// Who makes a request, as `authentication.k8s.io/v1` describes users.
public struct UserInfo: Hashable, Sendable {
    /// The name, which bindings give rights to.
    public var name: String
    /// Which of all users that ever had the name; empty when that is not known.
    public var uid: String
    /// The groups, in the order in which they were found.
    public var groups: [String]
    /// What else authentication found out.
    public var extra: [String: [String]]

    /// A user.
    public init(_ name: String, uid: String = "", groups: [String] = [], extra: [String: [String]] = [:]) {
        (self.name, self.uid, self.groups, self.extra) = (name, uid, groups, extra)
    }

    /// Who does not say who he is.
    public static let anonymous = UserInfo("system:anonymous", groups: [Self.unauthenticatedGroup])

    /// Everybody in it may do everything, whatever roles say.
    public static let mastersGroup = "system:masters"
    /// Everybody who is known.
    public static let authenticatedGroup = "system:authenticated"
    /// Everybody who is not.
    public static let unauthenticatedGroup = "system:unauthenticated"
    /// All service accounts; those of a namespace have this, a colon and its name.
    public static let serviceAccountsGroup = "system:serviceaccounts"

    /// Whether the user may do everything.
    public var isMaster: Bool { groups.contains(Self.mastersGroup) }

    /// The user with the group of all who are known, unless he is not.
    public var authenticated: UserInfo {
        guard name != Self.anonymous.name, !groups.contains(Self.authenticatedGroup),
            !groups.contains(Self.unauthenticatedGroup)
        else { return self }
        var user = self
        user.groups.append(Self.authenticatedGroup)
        return user
    }

    /// As reviews show it.
    public var json: JSON {
        var json: JSON = ["username": .string(name)]
        if !uid.isEmpty { json["uid"] = .string(uid) }
        if !groups.isEmpty { json["groups"] = .array(groups.map { .string($0) }) }
        if !extra.isEmpty {
            json["extra"] = .object(
                JSONObject(extra.sorted { $0.key < $1.key }.map { ($0.key, .array($0.value.map { .string($0) })) }))
        }
        return json
    }
}
