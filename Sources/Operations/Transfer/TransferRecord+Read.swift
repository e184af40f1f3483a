// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
internal import Orchestration
internal import Repositories

extension TransferRecord {
    /// Reads the record of a specification.
    ///
    /// Throws `invalid`, with the line, when there is none, or when a part of it is missing or wrong: what is not read
    /// would not be checked.
    init(of specification: OrchestrationSpecification) throws(Fault) {
        let document = specification.document, pointer = JSONPointer(["environment", Self.name])
        guard let json = specification.environment[Self.name] else {
            throw Fault(
                .invalid,
                "\(document.place(of: JSONPointer())): the specification has no record of a plan in “environment.\(Self.name)”",
                fix: "run it with ocm transfer specification, or print one with ocm transfer cv --dry-run -o yaml")
        }
        let reader = RecordReader(document: document, json: json, pointer: pointer)
        source = try reader.member("source", "text") { json throws(Fault) in
            guard let text = json.string else { return nil }
            return try RepositoryLocator(text)
        }
        sources = try reader.items("versions") { item throws(Fault) in
            guard let id = item["id"]?.string, let repository = item["repository"],
                item["contents"]?.array != nil || item["contents"] == nil
            else { return nil }
            return Source(
                id: id, identity: try ComponentVersionIdentity(of: item), repository: repository,
                digest: item["digest"]?.string, contents: item["contents"]?.array ?? [])
        }
        targets = try reader.items("targets") { item throws(Fault) in
            guard let repository = item["repository"], let list = item["present"]?.array else { return nil }
            var present: [ComponentVersionIdentity] = []
            for version in list { present.append(try ComponentVersionIdentity(of: version)) }
            return Target(
                repository: repository,
                locator: try RepositoryLocator(json: repository, description: item["name"]?.string), present: present)
        }
        written = try reader.members("written") { item throws(Fault) in
            guard let action = item["action"]?.string else { return nil }
            return (try ComponentVersionIdentity(of: item), action)
        }
        read =
            try json["read"] == nil
            ? [:]
            : reader.members("read") { item throws(Fault) in
                guard let selector = item["resource"]?.object else { return nil }
                var attributes: [String: String] = [:]
                for (key, value) in selector { attributes[key] = value.string }
                return ContentOrigin(
                    version: try ComponentVersionIdentity(of: item), resource: ElementIdentity(attributes: attributes))
            }
        packing =
            try json["packing"] == nil
            ? try PackingRecord([:])
            : reader.member("packing", "object") { json throws(Fault) in
                json.object == nil ? nil : try PackingRecord(json)
            }
    }
}

/// Reads parts of a record, each problem with its line.
private struct RecordReader {
    let document: LocatedDocument
    let json: JSON
    let pointer: JSONPointer

    private static let fix = "print the specification again with ocm transfer cv --dry-run -o yaml"

    /// One member; `read` gives nil for what has another form.
    func member<Value>(
        _ name: String, _ form: String, _ read: (JSON) throws(Fault) -> Value?
    ) throws(Fault) -> Value {
        guard let member = json[name] else { throw fault(pointer, "'\(name)' is missing") }
        return try self.read(member, pointer.appending(name), "'\(name)' is no \(form)", read)
    }

    /// A list.
    func items<Value>(_ name: String, _ read: (JSON) throws(Fault) -> Value?) throws(Fault) -> [Value] {
        let list = try member(name, "list") { json throws(Fault) in json.array }
        var values: [Value] = []
        for (index, item) in list.enumerated() {
            let place = pointer.appending(name).appending(index)
            values.append(try self.read(item, place, "an entry of '\(name)' is not whole", read))
        }
        return values
    }

    /// Members by name.
    func members<Value>(
        _ name: String, _ read: (JSON) throws(Fault) -> Value?
    ) throws(Fault) -> [String: Value] {
        let object = try member(name, "object") { json throws(Fault) in json.object }
        var values: [String: Value] = [:]
        for (key, item) in object {
            let place = pointer.appending(name).appending(key)
            values[key] = try self.read(item, place, "an entry of '\(name)' is not whole", read)
        }
        return values
    }

    private func read<Value>(
        _ json: JSON, _ pointer: JSONPointer, _ otherwise: String, _ read: (JSON) throws(Fault) -> Value?
    ) throws(Fault) -> Value {
        let value: Value?
        do throws(Fault) { value = try read(json) } catch { throw fault(pointer, error.message) }
        guard let value else { throw fault(pointer, otherwise) }
        return value
    }

    private func fault(_ pointer: JSONPointer, _ message: String) -> Fault {
        Fault(.invalid, "\(document.place(of: pointer)): the record of the plan is damaged: \(message)", fix: Self.fix)
    }
}
