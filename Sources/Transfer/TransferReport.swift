// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
public import Cryptography
public import Documents
public import Repositories

/// What a transfer did.
public struct TransferReport: Sendable {
    /// What happened to one version.
    public struct Version: Sendable {
        /// The version.
        public let identity: ComponentVersionIdentity
        /// `copy`, `update` or `skip`.
        public let action: String
        /// The digest of the manifest or index it is stored as now; nil when nothing was written.
        public let digest: Digest?
    }

    /// The repository read from.
    public let source: RepositoryLocator
    /// The repository written to.
    public let target: RepositoryLocator
    /// The versions, children before their parents.
    public let versions: [Version]
    /// Bytes that moved.
    public let bytesMoved: Int64
    /// Bytes that were there already, or were mounted.
    public let bytesSpared: Int64

    /// The report as data.
    public var json: JSON {
        [
            "source": .string(source.description), "target": .string(target.description),
            "bytesMoved": .number(JSONNumber(bytesMoved)), "bytesSpared": .number(JSONNumber(bytesSpared)),
            "versions": .array(
                versions.map { version in
                    var json: JSON = [
                        "component": .string(version.identity.name.text),
                        "version": .string(version.identity.version.text), "action": .string(version.action),
                    ]
                    if let digest = version.digest { json["digest"] = .string(digest.description) }
                    return json
                }),
        ]
    }
}
