// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// Who set what in an object: an entry of `metadata.managedFields`.
public struct ManagedFieldsEntry: Hashable, Sendable {
    /// How a manager sets fields.
    public enum Operation: String, Sendable {
        /// By server-side apply.
        case apply = "Apply"
        /// In any other way.
        case update = "Update"
    }

    /// The manager's name; may be empty in objects from outside.
    public var manager: String
    /// How it set them.
    public var operation: Operation
    /// The version in which the fields are named.
    public var apiVersion: String
    /// When the manager last changed what it has; to the second.
    public var time: Timestamp?
    /// The endpoint below the object's, such as `status`; empty for the object's own.
    public var subresource: String
    /// What it set.
    public var fields: FieldSet

    /// An entry.
    public init(
        manager: String, operation: Operation, apiVersion: String, time: Timestamp? = nil, subresource: String = "",
        fields: FieldSet
    ) {
        (self.manager, self.operation, self.apiVersion) = (manager, operation, apiVersion)
        (self.time, self.subresource, self.fields) = (time, subresource, fields)
    }

    /// What tells entries apart: an applier keeps its entry when it changes the version, an updater does not.
    struct Identity: Hashable, Comparable {
        let manager: String
        let operation: Operation
        let apiVersion: String
        let subresource: String

        static func < (a: Identity, b: Identity) -> Bool {
            for (one, another) in [
                (a.manager, b.manager), (a.operation.rawValue, b.operation.rawValue), (a.apiVersion, b.apiVersion),
                (a.subresource, b.subresource),
            ] {
                let order = one.compareScalars(with: another)
                if order != 0 { return order < 0 }
            }
            return false
        }
    }

    var identity: Identity {
        Identity(
            manager: manager, operation: operation, apiVersion: operation == .apply ? "" : apiVersion,
            subresource: subresource)
    }

    /// The order in an object: appliers before updaters, then by second, manager, version and endpoint.
    static func precedes(_ a: ManagedFieldsEntry, _ b: ManagedFieldsEntry) -> Bool {
        if a.operation != b.operation { return a.operation == .apply }
        let one = a.time?.seconds ?? 0, another = b.time?.seconds ?? 0
        if one != another { return one < another }
        for (one, another) in [(a.manager, b.manager), (a.apiVersion, b.apiVersion), (a.subresource, b.subresource)] {
            let order = one.compareScalars(with: another)
            if order != 0 { return order < 0 }
        }
        return false
    }

    /// The entry as objects hold it.
    public var json: JSON {
        var object = JSONObject()
        if !manager.isEmpty { object["manager"] = .string(manager) }
        object["operation"] = .string(operation.rawValue)
        object["apiVersion"] = .string(apiVersion)
        if let time { object["time"] = .string(time.description) }
        object["fieldsType"] = "FieldsV1"
        object["fieldsV1"] = fields.fieldsV1
        if !subresource.isEmpty { object["subresource"] = .string(subresource) }
        return .object(object)
    }

    /// Reads an entry. Throws `.invalid` naming its position.
    init(_ json: JSON, at index: Int) throws(Fault) {
        func fault(_ problem: String) -> Fault {
            Fault(
                .invalid, "metadata.managedFields[\(index)]: \(problem)",
                fix: "send managed fields as they were read, or leave them out")
        }
        func text(_ name: String) throws(Fault) -> String {
            switch json[name] {
            case nil, .null: return ""
            case .string(let text): return text
            case .some(let other): throw fault("\(name) must be a string, not \(other.kindName)")
            }
        }
        guard case .object = json else { throw fault("an entry must be an object, not \(json.kindName)") }
        guard let operation = Operation(rawValue: try text("operation")) else {
            throw fault("operation must be `Apply` or `Update`")
        }
        let apiVersion = try text("apiVersion"), type = try text("fieldsType"), time = try text("time")
        guard !apiVersion.isEmpty else { throw fault("apiVersion must not be empty") }
        guard !type.isEmpty else { throw fault("missing fieldsType") }
        guard type == "FieldsV1" else { throw fault("invalid fieldsType \(goQuoted(String(type.prefix(64))))") }
        let moment = Timestamp(time)
        guard time.isEmpty || moment != nil else { throw fault("time is no moment as RFC 3339 writes them") }
        let fields: FieldSet
        do throws(Fault) {
            fields = try json["fieldsV1"].map { json throws(Fault) in try FieldSet(fieldsV1: json) } ?? FieldSet()
        } catch {
            throw error.during("metadata.managedFields[\(index)]")
        }
        self.init(
            manager: try text("manager"), operation: operation, apiVersion: apiVersion, time: moment,
            subresource: try text("subresource"), fields: fields)
    }
}
