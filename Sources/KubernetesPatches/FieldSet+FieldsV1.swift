// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

extension FieldSet {
    /// How deep FieldsV1 may be nested: deeper than any document that is accepted.
    public static let maximumDepth = 256

    /// The set as `fieldsV1` of managed fields holds it; steps stand in the order in which the API server writes them.
    ///
    /// A step that is a place and has places behind it holds `"."`.
    public var fieldsV1: JSON { .object(object(isMember: false)) }

    private func object(isMember: Bool) -> JSONObject {
        let empty = JSON.object(JSONObject())
        var object: [(String, JSON)] = isMember && !isEmpty ? [(".", empty)] : []
        object.reserveCapacity(object.count + members.count + branches.count)
        var i = 0, j = 0
        while i < members.count || j < branches.count {
            let order =
                i == members.count ? 1 : j == branches.count ? -1 : members[i].compare(with: branches[j].element)
            if order < 0 {
                object.append((members[i].serialized, empty))
            } else {
                let branch = branches[j]
                object.append((branch.element.serialized, .object(branch.set.object(isMember: order == 0))))
            }
            if order <= 0 { i += 1 }
            if order >= 0 { j += 1 }
        }
        return JSONObject(object)
    }

    /// Reads `fieldsV1`. Steps whose kind is unknown are left out with what lies behind them, as the API server does.
    ///
    /// Throws `.invalid` for a step that cannot be read and for what is no object, `.limitExceeded` beyond
    /// `maximumDepth`.
    public init(fieldsV1 json: JSON) throws(Fault) {
        self = try Self.read(json, depth: 0).set
    }

    private static func read(_ json: JSON, depth: Int) throws(Fault) -> (set: FieldSet, isMember: Bool) {
        guard depth <= maximumDepth else {
            throw Fault(.limitExceeded, "managed fields are nested deeper than \(maximumDepth) levels")
        }
        if case .null = json { return (FieldSet(), true) }
        guard case .object(let object) = json else {
            throw Fault(
                .invalid, "managed fields hold a value of kind \(json.kindName) where an object should be",
                fix: "write an empty object")
        }
        var members: [PathElement] = [], branches: [Branch] = [], isMember = false
        var isSorted = true
        for (key, value) in object {
            if key == "." {
                isMember = true
                continue
            }
            guard let element = try PathElement(serialized: key) else { continue }
            let below = try read(value, depth: depth + 1)
            if below.isMember {
                if let last = members.last, !(last < element) { isSorted = false }
                members.append(element)
            }
            if !below.set.isEmpty {
                if let last = branches.last, !(last.element < element) { isSorted = false }
                branches.append(Branch(element: element, set: below.set))
            }
        }
        if isSorted {
            let set = FieldSet(sorted: members, branches)
            return (set, isMember || set.isEmpty)
        }
        // The same step can be written in two ways, such as v:1 and v:1.0.
        var joined: [Branch] = []
        for branch in branches.sorted(by: { $0.element < $1.element }) {
            if let last = joined.last, last.element == branch.element {
                joined[joined.count - 1] = Branch(element: last.element, set: last.set.union(branch.set))
            } else {
                joined.append(branch)
            }
        }
        let set = FieldSet(sorted: Set(members).sorted(), joined)
        return (set, isMember || set.isEmpty)
    }
}
