// SPDX-License-Identifier: Apache-2.0

public import Basics
public import OCI

/// Properties that prove who we are. They are never printed: every description shows names only.
public struct Credential: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let properties: [String: String]

    /// Wraps properties, such as `username` and `password`.
    public init(_ properties: [String: String]) { self.properties = properties }

    /// A property by any of its names.
    public func value(_ names: String...) -> String? {
        for name in names {
            if let value = properties[name], !value.isEmpty { return value }
        }
        return nil
    }

    /// Properties of both; those of `other` win.
    public func merged(with other: Credential) -> Credential {
        Credential(properties.merging(other.properties) { $1 })
    }

    /// The names of the properties, without their values.
    public var description: String { "Credential(\(properties.keys.sorted().joined(separator: ", ")))" }
    /// The same as `description`.
    public var debugDescription: String { description }
    /// Shows names only, so that no dump prints a secret.
    public var customMirror: Mirror { Mirror(self, children: ["properties": description]) }

    /// How a registry is told: a bearer token, a token to exchange, or name and password; nil when none is there.
    public var forRegistry: RegistryCredential? {
        if let token = value("accessToken", "access_token", "registrytoken") { return .bearer(token) }
        if let token = value("identityToken", "identitytoken", "refreshToken", "identity_token") {
            return .identityToken(token)
        }
        guard let username = value("username") else { return nil }
        return .basic(username: username, password: value("password") ?? "")
    }

    /// PEM text given in place, or in a file that another property names; paths start at the working folder.
    public func pem(_ names: [String], files: [String]) throws(Fault) -> (bytes: [UInt8], source: String)? {
        for name in names {
            if let text = value(name) { return (Array(text.utf8), "the credential property \(name)") }
        }
        for name in files {
            if let path = value(name) { return (try FileSystem.read(path, limit: 1024 * 1024), path) }
        }
        return nil
    }
}
