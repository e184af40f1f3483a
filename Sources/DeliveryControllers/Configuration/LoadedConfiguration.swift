// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
internal import Documents
public import Repositories

/// A configuration that was read: who we are to whom, where else component versions are, and which configuration it is.
public struct LoadedConfiguration: Sendable {
    /// What is said in it, without the types that mean nothing to controllers.
    public let configuration: Configuration
    /// Who we are to whom.
    public let credentials: CredentialResolver
    /// Equal for configurations that say the same; tells nothing of what they say.
    public let hash: String
    /// Types of entries that were left out.
    public let ignoredTypes: [String]

    /// The types that count: all others are left out.
    static let knownTypes: Set<String> = [
        "ocm.config.ocm.software", "credentials.config.ocm.software", "resolvers.config.ocm.software",
        "transfer.config.ocm.software",
    ]

    /// No configuration at all.
    public static let none = LoadedConfiguration()

    private init() {
        (configuration, credentials, ignoredTypes) = (Configuration(), CredentialResolver(matching: .forgiving), [])
        hash = Self.hash(of: [])
    }

    /// A configuration that others have written. Throws `.forbidden` where it names files of this machine.
    public init(_ configuration: Configuration) throws(Fault) {
        let entries = configuration.entries.filter { Self.knownTypes.contains($0.type) }
        self.configuration = Configuration(entries: entries)
        credentials = try self.configuration.confinedCredentialResolver()
        ignoredTypes = configuration.entries.map(\.type).filter { !Self.knownTypes.contains($0) }
        hash = Self.hash(of: entries.map(\.json))
    }

    private static func hash(of entries: [JSON]) -> String {
        let json = JSON.array(entries)
        // What has no canonical form still has one text.
        return Digest(of: (try? json.canonical()) ?? json.encoded(sortedKeys: true)).hex
    }
}
