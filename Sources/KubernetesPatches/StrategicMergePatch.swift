// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// Strategic merge patches: merge patches that know which lists of a kind are keyed, with directives.
///
/// - `$patch: replace` or `delete` in an object replaces or empties it; in an element of a keyed list, the list or the
///   element with that key.
/// - `$deleteFromPrimitiveList/NAME` holds scalars to remove from a list.
/// - `$setElementOrder/NAME` holds the order of a list's elements.
/// - `$retainKeys` holds the members that an object keeps.
public struct StrategicMergePatch: Sendable {
    static let directive = "$patch"
    static let retainKeys = "$retainKeys"
    static let deletions = "$deleteFromPrimitiveList"
    static let order = "$setElementOrder"

    let schema: MergeSchema

    /// Patches of objects of a schema.
    public init(schema: MergeSchema) { self.schema = schema }

    /// An object with a patch merged into it.
    ///
    /// Lists whose schema says `merge` are merged by key, or as sets of scalars; others are replaced. Elements of the
    /// patch come in its order (or that of `$setElementOrder`), the others keep theirs around them.
    /// Throws `.invalid` naming the place, when a directive is wrong, an element lacks the key of its list or the
    /// elements of a list are of several kinds.
    public func apply(_ patch: JSON, to document: JSON) throws(Fault) -> JSON {
        guard case .object(let patch) = patch else {
            throw Fault(
                .invalid, "a strategic merge patch must be an object, not \(patch.kindName)",
                fix: "write the members to change as an object")
        }
        return .object(try Self.merge(patch, into: document.object ?? JSONObject(), schema, FieldPath()))
    }

    static func fault(_ path: FieldPath, _ problem: String) -> Fault {
        Fault(
            .invalid, "the strategic merge patch\(path.elements.isEmpty ? "" : " at \(path)"): \(problem)",
            fix: "write the patch as the kind's schema wants it")
    }

    static func merge(
        _ patch: JSONObject, into original: JSONObject, _ schema: MergeSchema?, _ path: FieldPath
    ) throws(Fault) -> JSONObject {
        if let directive = patch[directive] {
            switch directive.string {
            case "replace": return replacement(patch)
            case "delete": return JSONObject()
            default: throw fault(path, "$patch of an object must be replace or delete")
            }
        }
        var merging = ObjectMerge(original: original, patch: patch, map: schema?.shape.map, path: path)
        return try merging.run()
    }

    /// What an object of a patch says that is to replace another.
    static func replacement(_ patch: JSONObject) -> JSONObject {
        JSONObject(
            patch.compactMap { name, value in
                name == directive || value == .null ? nil : stored(value).map { (name, $0) }
            })
    }

    /// A value of a patch as it is stored where nothing was: without directives, nulls and what is to be deleted. Nil
    /// when nothing is stored.
    static func stored(_ value: JSON) -> JSON? {
        switch value {
        case .object(let object):
            guard object[directive] == nil else { return nil }
            return .object(
                JSONObject(
                    object.compactMap { name, value in
                        value == .null ? nil : stored(value).map { (name, $0) }
                    }))
        case .array(let items): return .array(items.compactMap { stored($0) })
        default: return value
        }
    }
}

/// The merge of one object.
private struct ObjectMerge {
    let original: JSONObject
    let patch: JSONObject
    let map: MergeSchema.Map?
    let path: FieldPath
    /// What becomes of a member; nil removes it.
    private var changes: [String: JSON?] = [:]
    private var added: [String] = []
    private var kept: Set<String>?
    private var ordered: Set<String> = []

    init(original: JSONObject, patch: JSONObject, map: MergeSchema.Map?, path: FieldPath) {
        (self.original, self.patch, self.map, self.path) = (original, patch, map, path)
    }

    mutating func run() throws(Fault) -> JSONObject {
        try retain()
        for (key, order) in patch where key.hasPrefix(StrategicMergePatch.order) { try setOrder(key, order) }
        for (key, value) in patch where !isDirective(key) && !ordered.contains(key) { try merge(key, value) }
        // Deletions come last, as they do where an order is set: what is both added and deleted is deleted.
        for (key, value) in patch where key.hasPrefix(StrategicMergePatch.deletions) { try delete(key, value) }
        var result: [(String, JSON)] = []
        result.reserveCapacity(original.count + added.count)
        for (name, value) in original where kept?.contains(name) ?? true {
            if let value = changes[name] ?? value { result.append((name, value)) }
        }
        for name in added { if case .some(.some(let value)) = changes[name] { result.append((name, value)) } }
        return JSONObject(result)
    }

    private func isDirective(_ key: String) -> Bool {
        key == StrategicMergePatch.retainKeys || key.hasPrefix(StrategicMergePatch.order)
            || key.hasPrefix(StrategicMergePatch.deletions)
    }

    /// A member as it is now.
    private func current(_ name: String) -> JSON? {
        if let change = changes[name] { return change }
        return kept?.contains(name) ?? true ? original[name] : nil
    }

    private mutating func set(_ name: String, _ value: JSON?) {
        if changes[name] == nil, original[name] == nil || kept?.contains(name) == false { added.append(name) }
        changes[name] = .some(value)
    }

    private func place(_ name: String) -> FieldPath { path.appending(.field(name)) }

    private mutating func retain() throws(Fault) {
        guard let keys = patch[StrategicMergePatch.retainKeys] else { return }
        guard case .array(let items) = keys else {
            throw StrategicMergePatch.fault(path, "invalid patch format of retainKeys")
        }
        let names = Set(items.compactMap(\.string))
        for (key, value) in patch where !isDirective(key) && value != .null {
            guard names.contains(key) else {
                throw StrategicMergePatch.fault(path, "\(key) is set but not among $retainKeys")
            }
        }
        kept = names
    }

    private func name(of key: String, _ prefix: String) throws(Fault) -> String {
        guard key.utf8.count > prefix.utf8.count, key.dropFirst(prefix.count).first == "/" else {
            throw StrategicMergePatch.fault(path, "the directive “\(key.prefix(100))” must be \(prefix)/<field>")
        }
        return String(key.dropFirst(prefix.count + 1))
    }

    private func listMerge(_ name: String) -> ListMerge {
        ListMerge(
            element: map?.schema(of: name)?.shape.list?.element, directives: map?.fields[name]?.directives,
            path: place(name))
    }

    private mutating func setOrder(_ key: String, _ value: JSON) throws(Fault) {
        let name = try name(of: key, StrategicMergePatch.order)
        guard case .array(let order) = value else {
            throw StrategicMergePatch.fault(place(name), "invalid patch format of setElementOrder list")
        }
        ordered.insert(name)
        func list(_ json: JSON?) throws(Fault) -> [JSON]? {
            switch json {
            case nil: return nil
            case .array(let items): return items
            case .some(let other):
                throw StrategicMergePatch.fault(place(name), "expected a list, got \(other.messageKind)")
            }
        }
        let merge = listMerge(name)
        let before = try list(current(name)), patched = try list(patch[name])
        try merge.check(patched ?? [], follows: order)
        let merged: [JSON]
        switch (before, patched) {
        case (nil, nil): return
        case (let before?, nil): merged = before
        case (nil, let patched?): merged = patched.compactMap { StrategicMergePatch.stored($0) }
        case (let before?, let patched?): merged = try merge.run(patched, into: before)
        }
        set(name, .array(try merge.arranged(merged, by: order, live: before ?? [])))
    }

    private mutating func merge(_ name: String, _ value: JSON) throws(Fault) {
        guard value != .null else { return set(name, nil) }
        switch (current(name), value) {
        case (.object(let before), .object(let after)):
            let directives = map?.fields[name]?.directives
            if directives?.strategy == "replace" {
                set(name, .object(StrategicMergePatch.replacement(after)))
            } else {
                let schema = map?.schema(of: name)
                set(name, .object(try StrategicMergePatch.merge(after, into: before, schema, place(name))))
            }
        case (.array(let before), .array(let after)):
            let merge = listMerge(name)
            set(name, .array(try merge.run(after, into: before)))
        default: set(name, StrategicMergePatch.stored(value))
        }
    }

    private mutating func delete(_ key: String, _ value: JSON) throws(Fault) {
        let name = try name(of: key, StrategicMergePatch.deletions)
        guard case .array(let items) = value else {
            throw StrategicMergePatch.fault(place(name), "invalid patch format of primitive list")
        }
        guard case .array(let before) = current(name) else { return }
        set(name, .array(try listMerge(name).deleting(items, from: before)))
    }
}
