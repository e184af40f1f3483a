// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Chronology
public import Documents

/// An object of Kubernetes: its JSON, with every field it came with in its order, and names for the fields all have.
///
/// Reading a field that is missing or of another type gives nil or nothing; whoever takes objects from outside checks
/// `problem` first.
public struct KubernetesObject: Hashable, Sendable {
    /// All of it.
    public var json: JSON

    /// An object; throws `.invalid` when the value is none, or has no `apiVersion` and `kind`.
    public init(_ json: JSON) throws(Fault) {
        self.init(unchecked: json)
        if let problem { throw Fault(.invalid, problem, fix: "every object has apiVersion, kind and metadata.name") }
    }

    /// A value that is known to be an object.
    public init(unchecked json: JSON) { self.json = json }

    /// A new one.
    public init(_ kind: GroupVersionKind, namespace: String? = nil, name: String) {
        var metadata: JSON = ["name": .string(name)]
        if let namespace { metadata["namespace"] = .string(namespace) }
        json = ["apiVersion": .string("\(kind.groupVersion)"), "kind": .string(kind.kind), "metadata": metadata]
    }

    /// What makes the value no object whose fields can be trusted to have their types; nil when nothing does.
    public var problem: String? {
        guard json.object != nil else { return "an object is expected, not a value of type \(json.kindName)" }
        guard let version = json["apiVersion"]?.string, !version.isEmpty else { return "the object has no apiVersion" }
        guard let kind = json["kind"]?.string, !kind.isEmpty else { return "the object has no kind" }
        guard let metadata = json["metadata"], metadata != .null else { return nil }
        guard metadata.object != nil else { return "metadata is no object" }
        for key in ["name", "generateName", "namespace", "uid", "resourceVersion", "deletionTimestamp"] {
            if let value = metadata[key], value != .null, value.string == nil { return "metadata.\(key) is no string" }
        }
        for key in ["labels", "annotations"] {
            guard let value = metadata[key], value != .null else { continue }
            guard let members = value.object else { return "metadata.\(key) is no object" }
            for member in members where member.value.string == nil {
                return "metadata.\(key)[\(member.key)] is no string"
            }
        }
        for key in ["finalizers", "ownerReferences", "managedFields"] {
            if let value = metadata[key], value != .null, value.array == nil { return "metadata.\(key) is no list" }
        }
        if let generation = metadata["generation"], generation != .null, generation.int == nil {
            return "metadata.generation is no integer"
        }
        return nil
    }
}

extension KubernetesObject {
    /// `apiVersion`; setting changes how the object is read.
    public var apiVersion: String {
        get { json["apiVersion"]?.string ?? "" }
        set { json["apiVersion"] = .string(newValue) }
    }

    /// `kind`.
    public var kind: String {
        get { json["kind"]?.string ?? "" }
        set { json["kind"] = .string(newValue) }
    }

    /// What kind of object it is; nil when `apiVersion` is none.
    public var groupVersionKind: GroupVersionKind? {
        guard let version = try? GroupVersion(apiVersion) else { return nil }
        return GroupVersionKind(version, kind)
    }

    /// Namespace and name.
    public var objectName: ObjectName { ObjectName(namespace, name) }

    /// `metadata.name`; empty before it has one.
    public var name: String {
        get { self[metadata: "name"] ?? "" }
        set { self[metadata: "name"] = newValue }
    }

    /// `metadata.generateName`: what a name is made from.
    public var generateName: String? { self[metadata: "generateName"].flatMap { $0.isEmpty ? nil : $0 } }

    /// `metadata.namespace`; nil when there is none or it is empty.
    public var namespace: String? {
        get { self[metadata: "namespace"].flatMap { $0.isEmpty ? nil : $0 } }
        set { self[metadata: "namespace"] = newValue }
    }

    /// `metadata.uid`.
    public var uid: String? {
        get { self[metadata: "uid"] }
        set { self[metadata: "uid"] = newValue }
    }

    /// `metadata.resourceVersion`: which change made it what it is. Only servers look into it.
    public var resourceVersion: String? {
        get { self[metadata: "resourceVersion"].flatMap { $0.isEmpty ? nil : $0 } }
        set { self[metadata: "resourceVersion"] = newValue }
    }

    /// `metadata.generation`: how often what is wanted has changed.
    public var generation: Int64 {
        get { json["metadata"]?["generation"]?.int ?? 0 }
        set { setMetadata("generation", .number(JSONNumber(newValue))) }
    }

    /// `metadata.creationTimestamp`.
    public var created: Moment? { self[metadata: "creationTimestamp"].flatMap { Moment(rfc3339: $0) } }

    /// `metadata.deletionTimestamp`: since when it is being deleted.
    public var deletionTime: Moment? { self[metadata: "deletionTimestamp"].flatMap { Moment(rfc3339: $0) } }
    /// Whether it is being deleted, and only finalizers keep it.
    public var isBeingDeleted: Bool { self[metadata: "deletionTimestamp"] != nil }

    /// `metadata.labels`.
    public var labels: [String: String] { self[texts: "labels"] }
    /// `metadata.annotations`.
    public var annotations: [String: String] { self[texts: "annotations"] }

    /// A label; setting nil removes it.
    public subscript(label key: String) -> String? {
        get { json["metadata"]?["labels"]?[key]?.string }
        set { setText("labels", key, newValue) }
    }

    /// An annotation; setting nil removes it.
    public subscript(annotation key: String) -> String? {
        get { json["metadata"]?["annotations"]?[key]?.string }
        set { setText("annotations", key, newValue) }
    }

    /// `metadata.finalizers`: who must agree before a deleted object is gone.
    public var finalizers: [String] {
        get { (json["metadata"]?["finalizers"]?.array ?? []).compactMap(\.string) }
        set { setMetadata("finalizers", newValue.isEmpty ? JSON?.none : .array(newValue.map { .string($0) })) }
    }

    /// `metadata.ownerReferences`; entries that name nothing are passed over.
    public var ownerReferences: [OwnerReference] {
        get { (json["metadata"]?["ownerReferences"]?.array ?? []).compactMap(OwnerReference.init) }
        set { setMetadata("ownerReferences", newValue.isEmpty ? JSON?.none : .array(newValue.map(\.json))) }
    }

    /// A field of the metadata that is a text; setting nil removes it.
    public subscript(metadata key: String) -> String? {
        get { json["metadata"]?[key]?.string }
        set { setMetadata(key, newValue.map { .string($0) }) }
    }

    /// Sets a field of the metadata; nil removes it.
    public mutating func setMetadata(_ key: String, _ value: JSON?) {
        var metadata = json["metadata"] ?? .object(JSONObject())
        // Let go of it where it stands, or the next line copies every member.
        json["metadata"] = .some(.null)
        metadata[key] = value
        json["metadata"] = metadata
    }

    private subscript(texts key: String) -> [String: String] {
        guard let members = json["metadata"]?[key]?.object else { return [:] }
        var texts: [String: String] = [:]
        for member in members { texts[member.key] = member.value.string }
        return texts
    }

    private mutating func setText(_ field: String, _ key: String, _ value: String?) {
        var texts = json["metadata"]?[field] ?? .object(JSONObject())
        texts[key] = value.map { .string($0) }
        setMetadata(field, texts.object?.isEmpty == true ? JSON?.none : texts)
    }
}
