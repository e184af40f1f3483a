// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
internal import Cryptography
public import Documents
public import Repositories

/// What a transfer will do, known before it does anything.
public struct TransferPlan: Sendable {
    /// The repository read from.
    public let source: RepositoryLocator
    /// What was verified before anything is planned, and with what outcome.
    public let verdicts: [SignatureVerdict]
    /// What happens in each target.
    public let targets: [TargetPlan]

    /// The bytes of all contents that may have to move into any target.
    public var bytes: Int64 { targets.reduce(0) { $0 + $1.bytes } }

    /// The plan as data, the same for the same input.
    public var json: JSON {
        [
            "source": .string(source.description), "bytes": .number(JSONNumber(bytes)),
            "signatures": .array(verdicts.map(\.json)), "targets": .array(targets.map(\.json)),
        ]
    }
}

/// A signature of a version that is carried.
public struct SignatureVerdict: Sendable {
    /// The version.
    public let identity: ComponentVersionIdentity
    /// The signature's name.
    public let signature: String
    /// Its algorithm.
    public let algorithm: String
    /// Whether it was verified; a signature that nobody asked for was not.
    public let isVerified: Bool

    var json: JSON {
        [
            "component": .string(identity.name.text), "version": .string(identity.version.text),
            "signature": .string(signature), "algorithm": .string(algorithm), "verified": .bool(isVerified),
        ]
    }
}

/// What happens in one target.
public struct TargetPlan: Sendable {
    /// The repository written to.
    public let repository: any ComponentVersionRepository
    /// The versions, children before their parents.
    public let versions: [PlannedVersion]
    /// Why nothing can be planned for this target; nil when it can.
    public let failure: Fault?
    /// What the target has already; nil when nobody asked it.
    public internal(set) var survey: TargetSurvey?

    /// How messages name the target.
    public var locator: RepositoryLocator { repository.locator }

    /// The bytes of all contents that may have to move. Blobs the target has are found out while moving.
    public var bytes: Int64 { versions.flatMap(\.contents).reduce(0) { $0 + $1.bytesToCarry } }

    /// The bytes of all contents that an archive leaves out, since its receiver is taken to have them.
    public var bytesLeftOut: Int64 { versions.flatMap(\.contents).reduce(0) { $0 + $1.bytesLeftOut } }

    /// One line: `3 component versions, 7 resources, 412 MiB`.
    public var summary: String {
        if let failure { return failure.message }
        let moving = versions.flatMap(\.contents)
        let skipped = versions.filter(\.action.isSkip).count
        let there = skipped == 0 ? "" : ", \(skipped) already there"
        return "\(versions.count) component version\(versions.count == 1 ? "" : "s")\(there), "
            + "\(moving.count) resource\(moving.count == 1 ? "" : "s") to carry, \(ByteCount(bytes))"
            + (bytesLeftOut == 0 ? "" : ", \(ByteCount(bytesLeftOut)) left out")
    }

    var json: JSON {
        var json: JSON = [
            "target": .string(locator.description), "bytes": .number(JSONNumber(bytes)),
            "versions": .array(versions.map(\.json)),
        ]
        if bytesLeftOut > 0 { json["bytesLeftOut"] = .number(JSONNumber(bytesLeftOut)) }
        if let failure { json["error"] = .string(failure.message) }
        if let survey { json["survey"] = survey.json }
        return json
    }
}

/// What happens to one version.
public struct PlannedVersion: Sendable {
    /// What is done.
    public enum Action: Sendable {
        /// Contents are carried and the descriptor is written.
        case copy
        /// The target has the content; only signatures or labels are added.
        case update(descriptor: ComponentDescriptor, contents: LocalContents)
        /// Nothing; the reason is for people.
        case skip(reason: String)

        /// Whether nothing is done.
        public var isSkip: Bool { if case .skip = self { true } else { false } }
        /// `copy`, `update` or `skip`.
        public var name: String {
            switch self {
            case .copy: "copy"
            case .update: "update"
            case .skip: "skip"
            }
        }
    }

    /// The version as it was read from the source.
    public let version: StoredComponentVersion
    /// Where it was read from.
    public let repository: any ComponentVersionRepository
    /// What is done.
    public let action: Action
    /// The contents that are carried by value; empty unless the action is `copy`.
    public let contents: [PlannedContent]

    /// Name and version.
    public var identity: ComponentVersionIdentity { version.identity }

    var json: JSON {
        var json: JSON = [
            "component": .string(identity.name.text), "version": .string(identity.version.text),
            "action": .string(action.name), "resources": .array(contents.map(\.json)),
        ]
        if case .skip(let reason) = action { json["reason"] = .string(reason) }
        if let digest = version.storedDigest { json["storedDigest"] = .string(digest.description) }
        return json
    }
}

/// One resource or source that is carried by value.
public struct PlannedContent: Sendable {
    /// Which list of the descriptor it stands in.
    public enum Kind: String, Sendable { case resource, source }

    /// Which list of the descriptor it stands in.
    public let kind: Kind
    /// Its place in that list.
    public let index: Int
    /// Names it in that list.
    public let identity: ElementIdentity
    /// The name of its access method: `localBlob`, `ociArtifact`, …
    public let access: String
    /// How messages name it: `resource “image” of acme.org/app:1.0.0`.
    public let thing: String
    /// Its content.
    public let content: ResourceContent
    /// The digest the content must have, from the descriptor; nil when the descriptor has none.
    public let expected: DigestSpecification?
    /// How many bytes it has, if known.
    public let bytes: Int64?
    /// `repository:tag` under which an artifact is published.
    public let referenceName: String?
    /// The type of the resource.
    public let type: String
    /// What sends it to a place of its own in this target; nil when it stays beside its descriptor.
    public internal(set) var upload: UploadHandler?
    /// How many of its bytes the receiver of an archive is taken to have.
    public internal(set) var bytesLeftOut: Int64 = 0

    /// The bytes that are carried, as far as that is known.
    public var bytesToCarry: Int64 { (bytes ?? 0) - bytesLeftOut }

    var json: JSON {
        var json: JSON = [
            "kind": .string(kind.rawValue), "name": .string(thing), "mediaType": .string(content.mediaType),
        ]
        if let bytes { json["bytes"] = .number(JSONNumber(bytes)) }
        if bytesLeftOut > 0 { json["bytesLeftOut"] = .number(JSONNumber(bytesLeftOut)) }
        if let digest = content.digest { json["digest"] = .string(digest.description) }
        return json
    }
}
