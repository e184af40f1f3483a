// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// What proves to a package repository who we are. Never printed: descriptions show the kind only.
public enum PackageCredential: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Name and password (RFC 7617).
    case basic(username: String, password: String)
    /// A token (RFC 6750).
    case bearer(String)
    /// A key that signs requests to S3, with the token of a session if it is a temporary one.
    case accessKey(id: String, secret: String, sessionToken: String?)

    /// The value of `Authorization`; nil for keys, which sign each request instead.
    var authorization: String? {
        switch self {
        case .basic(let username, let password): "Basic \(Array("\(username):\(password)".utf8).base64)"
        case .bearer(let token): "Bearer \(token)"
        case .accessKey: nil
        }
    }

    /// The kind of credential, without its content.
    public var description: String {
        switch self {
        case .basic: "name and password"
        case .bearer: "token"
        case .accessKey: "access key"
        }
    }
    /// The same as `description`.
    public var debugDescription: String { description }
    /// Shows the kind only, so that no dump prints a secret.
    public var customMirror: Mirror { Mirror(self, children: ["credential": description]) }
}
