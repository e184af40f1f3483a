// SPDX-License-Identifier: Apache-2.0

internal import Chronology
internal import Documents
internal import Kubernetes
internal import KubernetesStore

/// Writes objects in the form that a client wants.
struct ObjectWriting: Sendable {
    let resource: ServedResource
    let form: AnswerForm
    /// What rows of a table carry of their objects.
    var included = IncludedObject.metadata
    let now: Moment

    enum IncludedObject: String, Sendable { case none = "None", metadata = "Metadata", object = "Object" }

    /// Whether stored bytes can be handed on as they are.
    var passesBytes: Bool { form.shape == .object && !form.isYAML && resource.strategy.showsAsStored }

    /// One object, as an answer.
    func bytes(of object: KubernetesObject) -> [UInt8] {
        switch form.shape {
        case .object: encode(object.json)
        case .table(let version):
            encode(table([row(object, version)], metadata: listMetadata(object.resourceVersion ?? "", nil), version))
        case .metadata(let version): encode(partial(object, version))
        }
    }

    /// A stored object as it stands in a list: JSON.
    func element(_ stored: StoredObject) throws -> [UInt8] {
        if passesBytes { return stored.bytes }
        let object = try resource.shown(stored)
        switch form.shape {
        case .object: return object.json.encoded()
        case .table(let version): return row(object, version).encoded()
        case .metadata(let version): return partial(object, version).encoded()
        }
    }

    /// What stands before the elements of a list, and behind them.
    func frame(revision: Int64, next: String?) -> (start: String, end: String) {
        let metadata = listMetadata("\(revision)", next)
        switch form.shape {
        case .table(let version):
            let columns = JSON.array(resource.strategy.columns)
            return (
                "{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/\(version)\",\"metadata\":\(metadata.text),"
                    + "\"columnDefinitions\":\(columns.text),\"rows\":[", "]}\n"
            )
        case .metadata(let version):
            return (
                "{\"kind\":\"PartialObjectMetadataList\",\"apiVersion\":\"meta.k8s.io/\(version)\","
                    + "\"metadata\":\(metadata.text),\"items\":[", "]}\n"
            )
        case .object:
            let kind = JSON.string(resource.listKind).text, version = JSON.string(resource.kind.apiVersion).text
            return ("{\"kind\":\(kind),\"apiVersion\":\(version),\"metadata\":\(metadata.text),\"items\":[", "]}\n")
        }
    }

    private func listMetadata(_ revision: String, _ next: String?) -> JSON {
        var metadata: JSON = ["resourceVersion": .string(revision)]
        if let next { metadata["continue"] = .string(next) }
        return metadata
    }

    /// The object of a watch event.
    /// - Parameter isFirst: whether a table's columns were not told yet.
    func event(_ object: KubernetesObject, isFirst: Bool) -> JSON {
        switch form.shape {
        case .object: return object.json
        case .table(let version):
            var table = table(
                [row(object, version)], metadata: listMetadata(object.resourceVersion ?? "", nil), version)
            if !isFirst { table["columnDefinitions"] = .null }
            return table
        case .metadata(let version): return partial(object, version)
        }
    }

    /// The object of a bookmark: nothing but a revision.
    func bookmark(_ revision: Int64, endsInitialEvents: Bool) -> JSON {
        var metadata: JSON = ["resourceVersion": .string("\(revision)"), "creationTimestamp": .null]
        if endsInitialEvents { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        let kind = resource.kind
        let object: JSON = ["kind": .string(kind.kind), "apiVersion": .string(kind.apiVersion), "metadata": metadata]
        switch form.shape {
        case .object: return object
        case .metadata(let version):
            return [
                "kind": "PartialObjectMetadata", "apiVersion": .string("meta.k8s.io/\(version)"), "metadata": metadata,
            ]
        case .table(let version):
            let row: JSON = ["cells": .array(resource.strategy.columns.map { _ in "" }), "object": object]
            return table([row], metadata: listMetadata("\(revision)", nil), version)
        }
    }

    private func table(_ rows: [JSON], metadata: JSON, _ version: String) -> JSON {
        [
            "kind": "Table", "apiVersion": .string("meta.k8s.io/\(version)"), "metadata": metadata,
            "columnDefinitions": .array(resource.strategy.columns), "rows": .array(rows),
        ]
    }

    private func row(_ object: KubernetesObject, _ version: String) -> JSON {
        var row: JSON = ["cells": .array(resource.strategy.cells(of: object.json, now: now))]
        let conditions = resource.strategy.rowConditions(of: object.json)
        if !conditions.isEmpty { row["conditions"] = .array(conditions) }
        switch included {
        case .none: break
        case .metadata: row["object"] = partial(object, version)
        case .object: row["object"] = object.json
        }
        return row
    }

    private func partial(_ object: KubernetesObject, _ version: String) -> JSON {
        [
            "kind": "PartialObjectMetadata", "apiVersion": .string("meta.k8s.io/\(version)"),
            "metadata": object.json["metadata"] ?? [:],
        ]
    }

    private func encode(_ json: JSON) -> [UInt8] {
        form.isYAML ? Array(YAML.text(json).utf8) : json.encoded() + [0x0A]
    }
}

extension JSON {
    /// As compact text.
    fileprivate var text: String { String(decoding: encoded(), as: UTF8.self) }
}
