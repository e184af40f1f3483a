// SPDX-License-Identifier: Apache-2.0

internal import Documents

extension JSON {
    /// What a chain of members leads to; nil when one is missing or null.
    func at(_ keys: String...) -> JSON? { at(keys) }

    /// The text at a chain of members; empty where there is none.
    func text(_ keys: String...) -> String { at(keys)?.string ?? "" }

    /// The whole number at a chain of members; nil where there is none.
    func number(_ keys: String...) -> Int64? { at(keys)?.int }

    /// Whether true stands at a chain of members.
    func flag(_ keys: String...) -> Bool { at(keys)?.bool ?? false }

    /// The elements of the array at a chain of members; none where there is no array.
    func items(_ keys: String...) -> [JSON] { at(keys)?.array ?? [] }

    /// The members of the object at a chain of members; none where there is no object.
    func members(_ keys: String...) -> JSONObject { at(keys)?.object ?? JSONObject() }

    private func at(_ keys: [String]) -> JSON? {
        var value = self
        for key in keys {
            guard let next = value[key] else { return nil }
            value = next
        }
        if case .null = value { return nil }
        return value
    }

    /// A whole number.
    static func integer(_ value: some BinaryInteger) -> JSON { .number(JSONNumber(Int64(value))) }
}
