// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
public import Cryptography
public import Documents
public import Repositories

/// What a transfer did.
public struct TransferReport: Sendable {
    /// The repository read from.
    public let source: RepositoryLocator
    /// What happened in each target.
    public let targets: [TargetReport]

    /// Names what happened where.
    public init(source: RepositoryLocator, targets: [TargetReport]) { (self.source, self.targets) = (source, targets) }

    /// Whether every target has all versions.
    public var isComplete: Bool { targets.allSatisfy { $0.failure == nil } }

    /// The report as data: of one target an object, of several a list under `targets`.
    public var json: JSON {
        if targets.count == 1 { return targets[0].json(source) }
        return [
            "source": .string(source.description), "targets": .array(targets.map { $0.json(source) }),
        ]
    }
}

/// What a transfer did in one target.
public struct TargetReport: Sendable {
    /// What happened to one version.
    public struct Version: Sendable {
        /// The version.
        public let identity: ComponentVersionIdentity
        /// `copy`, `update` or `skip`.
        public let action: String
        /// The digest of the manifest or index it is stored as now; nil when nothing was written.
        public let digest: Digest?

        /// Says what happened to a version.
        public init(identity: ComponentVersionIdentity, action: String, digest: Digest?) {
            (self.identity, self.action, self.digest) = (identity, action, digest)
        }
    }

    /// The repository written to.
    public let target: RepositoryLocator
    /// The versions that are there now, children before their parents.
    public let versions: [Version]
    /// Bytes that moved.
    public let bytesMoved: Int64
    /// Bytes that were there already, or were mounted.
    public let bytesSpared: Int64
    /// Why the target does not have all versions; nil when it has.
    public let failure: Fault?

    /// Says what happened in a target.
    public init(
        target: RepositoryLocator, versions: [Version], bytesMoved: Int64, bytesSpared: Int64, failure: Fault?
    ) {
        (self.target, self.versions, self.failure) = (target, versions, failure)
        (self.bytesMoved, self.bytesSpared) = (bytesMoved, bytesSpared)
    }

    fileprivate func json(_ source: RepositoryLocator) -> JSON {
        var json: JSON = [
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
        if let failure { json["error"] = .string(failure.message) }
        return json
    }
}
