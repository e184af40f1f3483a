// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
public import Documents

/// Where events go that must leave evidence; called from any thread, returns when the event is written.
///
/// What it throws ends the work that reports: nothing is done without evidence where evidence is asked for.
public typealias EvidenceObserver = @Sendable (EvidenceEvent) throws(Fault) -> Void

/// Something that was verified, moved or refused.
public struct EvidenceEvent: Sendable {
    /// What happened. The raw value is the name in the log; the names do not change.
    public enum Kind: String, Sendable, CaseIterable {
        /// A run begins.
        case opened
        /// The run before was killed; what follows goes on behind it.
        case recovered
        /// A signature of a component version is one of a key.
        case signatureVerified = "signature-verified"
        /// A signature is missing or wrong.
        case signatureRefused = "signature-refused"
        /// Bytes have the digest that the descriptor says.
        case digestVerified = "digest-verified"
        /// Content went to the target.
        case contentMoved = "content-moved"
        /// The target had the content.
        case contentSpared = "content-spared"
        /// Content was not taken.
        case contentRefused = "content-refused"
        /// A blob of an artifact went to the target.
        case blobMoved = "blob-moved"
        /// The target had the blob, or took it over from another of its repositories.
        case blobSpared = "blob-spared"
        /// A manifest of an artifact was written.
        case manifestWritten = "manifest-written"
        /// A component version became visible in the target.
        case versionCommitted = "version-committed"
        /// An operation is done.
        case operationFinished = "operation-finished"
        /// An operation failed.
        case operationFailed = "operation-failed"
        /// The run ends.
        case closed
    }

    /// What happened.
    public let kind: Kind
    /// To what; see the makers below for the members of each kind.
    public let data: JSONObject

    init(_ kind: Kind, _ data: JSONObject) { (self.kind, self.data) = (kind, data) }
}

/// What an event is about: a component version, one resource or source of it, or a resource that belongs to none.
public struct EvidenceSubject: Sendable {
    /// The component's name; nil when nobody says to which component the resource belongs.
    public let component: String?
    /// Its version.
    public let version: String?
    /// `resource` or `source`, and the element's name; nil for the whole version.
    public let element: (kind: String, name: String)?

    /// Names a component version or an element of it.
    public init(component: String, version: String, element: (kind: String, name: String)? = nil) {
        (self.component, self.version, self.element) = (component, version, element)
    }

    /// Names a resource that belongs to no component version that is known.
    public init(resource name: String) { (component, version, element) = (nil, nil, ("resource", name)) }

    fileprivate var json: JSONObject {
        var json: JSONObject = [:]
        if let component { json["component"] = .string(component) }
        if let version { json["version"] = .string(version) }
        if let element { json[element.kind] = .string(element.name) }
        return json
    }
}

extension EvidenceEvent {
    /// A signature verified: over which digest, with the key of which fingerprint (SHA-256 of its public part).
    public static func signatureVerified(
        _ subject: EvidenceSubject, signature: String, algorithm: String, digest: Digest, key: Digest
    ) -> Self {
        Self(.signatureVerified, subject.json) {
            $0["signature"] = .string(signature)
            $0["algorithm"] = .string(algorithm)
            $0["digest"] = .string(digest.description)
            $0["key"] = .string(key.description)
        }
    }

    /// A signature that was demanded is missing, or is not one of the key; `signature` is nil when any would have done.
    public static func signatureRefused(
        _ subject: EvidenceSubject, signature: String?, algorithm: String?, key: Digest?, reason: String
    ) -> Self {
        Self(.signatureRefused, subject.json) {
            if let signature { $0["signature"] = .string(signature) }
            if let algorithm { $0["algorithm"] = .string(algorithm) }
            if let key { $0["key"] = .string(key.description) }
            $0["reason"] = .string(reason)
        }
    }

    /// Every byte was read and has the digest; `size` counts what was read.
    public static func digestVerified(_ subject: EvidenceSubject, digest: Digest, size: Int64?) -> Self {
        Self(.digestVerified, subject.json) {
            $0["digest"] = .string(digest.description)
            if let size { $0["size"] = .number(JSONNumber(size)) }
        }
    }

    /// Content is in the target: `moved` bytes went there, `spared` were there before.
    ///
    /// The kind is `contentSpared` when nothing had to move.
    public static func content(
        _ subject: EvidenceSubject, digest: Digest?, moved: Int64, spared: Int64, from: String, to: String
    ) -> Self {
        Self(moved == 0 && spared > 0 ? .contentSpared : .contentMoved, subject.json) {
            if let digest { $0["digest"] = .string(digest.description) }
            $0["moved"] = .number(JSONNumber(moved))
            $0["spared"] = .number(JSONNumber(spared))
            $0["from"] = .string(from)
            $0["to"] = .string(to)
        }
    }

    /// Content was not taken, and why; `digest` is the one it should have had.
    public static func contentRefused(
        _ subject: EvidenceSubject, digest: Digest?, from: String, to: String, reason: String
    ) -> Self {
        Self(.contentRefused, subject.json) {
            if let digest { $0["digest"] = .string(digest.description) }
            $0["from"] = .string(from)
            $0["to"] = .string(to)
            $0["reason"] = .string(reason)
        }
    }

    /// What became of a blob or manifest of an artifact.
    public enum PartOutcome: Sendable {
        case blobMoved, blobSpared, manifestWritten

        fileprivate var kind: Kind {
            switch self {
            case .blobMoved: .blobMoved
            case .blobSpared: .blobSpared
            case .manifestWritten: .manifestWritten
            }
        }
    }

    /// A blob or manifest of an artifact is in the target, under its digest.
    public static func part(
        _ subject: EvidenceSubject, _ outcome: PartOutcome, digest: Digest, size: Int64, mediaType: String, to: String
    ) -> Self {
        Self(outcome.kind, subject.json) {
            $0["digest"] = .string(digest.description)
            $0["size"] = .number(JSONNumber(size))
            $0["mediaType"] = .string(mediaType)
            $0["to"] = .string(to)
        }
    }

    /// A version is visible in the target; `digest` is that of its manifest or index.
    public static func versionCommitted(
        _ subject: EvidenceSubject, action: String, digest: Digest?, to: String
    ) -> Self {
        Self(.versionCommitted, subject.json) {
            $0["action"] = .string(action)
            if let digest { $0["digest"] = .string(digest.description) }
            $0["to"] = .string(to)
        }
    }

    /// An operation is done.
    public static func operationFinished(_ operation: String) -> Self {
        Self(.operationFinished, ["operation": .string(operation)])
    }

    /// An operation failed, and why.
    public static func operationFailed(_ operation: String, reason: String) -> Self {
        Self(.operationFailed, ["operation": .string(operation), "reason": .string(reason)])
    }

    private init(_ kind: Kind, _ data: JSONObject, _ fill: (inout JSONObject) -> Void) {
        var data = data
        fill(&data)
        self.init(kind, data)
    }
}
