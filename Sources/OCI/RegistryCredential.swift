// SPDX-License-Identifier: Apache-2.0

/// How to tell a registry who we are. Descriptions never show the secret.
public enum RegistryCredential: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Name and password.
    case basic(username: String, password: String)
    /// A token to exchange for access tokens (Docker's `identitytoken`).
    case identityToken(String)
    /// A token to send as it is.
    case bearer(String)

    /// The kind of credential.
    public var description: String {
        switch self {
        case .basic: "name and password"
        case .identityToken: "identity token"
        case .bearer: "bearer token"
        }
    }
    /// The same as `description`.
    public var debugDescription: String { description }
    /// Shows the kind alone.
    public var customMirror: Mirror { Mirror(self, children: ["kind": description]) }
}
