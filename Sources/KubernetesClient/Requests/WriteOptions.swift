// SPDX-License-Identifier: Apache-2.0

public import Documents
public import Kubernetes

/// What a server does about fields it does not know.
public enum FieldValidation: String, Sendable {
    /// It drops them.
    case ignore = "Ignore"
    /// It drops them and warns.
    case warn = "Warn"
    /// It refuses.
    case strict = "Strict"
}

/// How something is written.
public struct WriteOptions: Sendable {
    /// Who is named in the managed fields; nil for the one of the client's settings.
    public var fieldManager: String?
    /// Whether it is only tried: checked as if it were written.
    public var isDryRun = false
    /// What happens to unknown fields; nil leaves it to the server, which warns.
    public var fieldValidation: FieldValidation?

    /// The defaults above.
    public init(fieldManager: String? = nil, isDryRun: Bool = false, fieldValidation: FieldValidation? = nil) {
        (self.fieldManager, self.isDryRun, self.fieldValidation) = (fieldManager, isDryRun, fieldValidation)
    }
}

/// A change of an object.
public enum ObjectPatch: Sendable {
    /// A list of operations (RFC 6902).
    case json(JSON)
    /// An object whose members replace; null removes (RFC 7386).
    case merge(JSON)
    /// A merge patch that knows the lists of built-in kinds.
    case strategic(JSON)
    /// What a manager wants, to be merged with what others want (server-side apply); with `force`, against their will.
    case apply(JSON, force: Bool)

    var mediaType: String {
        switch self {
        case .json: MediaType.jsonPatch
        case .merge: MediaType.mergePatch
        case .strategic: MediaType.strategicPatch
        case .apply: MediaType.applyPatch
        }
    }

    var body: JSON {
        switch self {
        case .json(let json), .merge(let json), .strategic(let json), .apply(let json, _): json
        }
    }
}

/// What becomes of the objects that a deleted one owns.
public enum DeletionPropagation: String, Sendable {
    /// They are deleted afterwards.
    case background = "Background"
    /// They are deleted first.
    case foreground = "Foreground"
    /// They stay.
    case orphan = "Orphan"
}

/// How something is deleted.
public struct DeleteOptions: Sendable {
    /// What becomes of what it owns; nil for what is usual for the resource.
    public var propagation: DeletionPropagation?
    /// Only the object with this identity.
    public var uid: String?
    /// Only the object in this version.
    public var resourceVersion: String?
    /// How many seconds a pod gets to end; nil for those it asks for.
    public var graceSeconds: Int?
    /// Whether it is only tried.
    public var isDryRun = false

    /// The defaults above.
    public init(_ propagation: DeletionPropagation? = nil, uid: String? = nil) {
        (self.propagation, self.uid) = (propagation, uid)
    }

    var json: JSON {
        var json: JSON = ["apiVersion": "v1", "kind": "DeleteOptions"]
        if let propagation { json["propagationPolicy"] = .string(propagation.rawValue) }
        if let graceSeconds { json["gracePeriodSeconds"] = .number(JSONNumber(Int64(graceSeconds))) }
        var preconditions = JSONObject()
        preconditions["uid"] = uid.map { .string($0) }
        preconditions["resourceVersion"] = resourceVersion.map { .string($0) }
        if !preconditions.isEmpty { json["preconditions"] = .object(preconditions) }
        if isDryRun { json["dryRun"] = ["All"] }
        return json
    }
}

/// What a server says to a deletion.
public enum DeletionResult: Sendable {
    /// It is gone, or will be; this is what the server says of it.
    case accepted(APIStatus)
    /// It is still there, or was until now: its last state. While it has finalizers, or a pod ends, it is being deleted.
    case object(KubernetesObject)
}
