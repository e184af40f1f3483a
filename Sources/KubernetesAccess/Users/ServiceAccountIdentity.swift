// SPDX-License-Identifier: Apache-2.0

/// A service account: which, and which of all that ever had the name.
public struct ServiceAccountIdentity: Hashable, Sendable {
    /// Its namespace.
    public let namespace: String
    /// Its name.
    public let name: String
    /// Its `metadata.uid`.
    public let uid: String

    /// An account.
    public init(namespace: String, name: String, uid: String) {
        (self.namespace, self.name, self.uid) = (namespace, name, uid)
    }

    /// The name of the user that it is.
    public var userName: String { Self.userName(namespace: namespace, name: name) }

    /// The name of the user that an account is.
    public static func userName(namespace: String, name: String) -> String {
        "system:serviceaccount:\(namespace):\(name)"
    }

    /// The user that it is, with the groups of all accounts, of those of its namespace, and of all who are known.
    public var user: UserInfo {
        UserInfo(
            userName, uid: uid,
            groups: [
                UserInfo.serviceAccountsGroup, "\(UserInfo.serviceAccountsGroup):\(namespace)",
                UserInfo.authenticatedGroup,
            ])
    }
}
