// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// A JSON patch (RFC 6902): operations that are applied in order, all or none.
public struct JSONPatch: Sendable {
    /// Whose reading of the standard counts where they differ.
    public enum Dialect: Sendable {
        /// The API server's: `replace` also adds a member; a position below zero counts from the end; a missing member
        /// passes a `test` for null; operations cannot reach the object as a whole but to replace or test it.
        case kubernetes
        /// RFC 6902 to the letter.
        case rfc6902
    }

    /// What an operation does.
    enum Kind: String { case add, remove, replace, move, copy, test }

    struct Operation: Sendable {
        let kind: Kind
        let path: JSONPointer
        let from: JSONPointer
        let value: JSON
    }

    /// The most operations of one patch, as the API server has it.
    public static let maximumOperations = 10_000
    /// The most bytes of JSON that the copies of one patch make, as the API server has it.
    public static let maximumCopiedBytes = 3 * 1024 * 1024
    /// How deep pointers may lead and documents may become.
    public static let maximumDepth = 256
    /// The most values that are looked at to find out how deep what is moved or copied is.
    static let maximumVisits = 4_000_000

    let operations: [Operation]
    let dialect: Dialect

    /// Reads a patch, an array of operations; other members of operations are left alone.
    ///
    /// Throws `.invalid` naming the operation by its position, `.limitExceeded` for more than `maximumOperations` and
    /// for pointers beyond `maximumDepth`.
    public init(_ json: JSON, dialect: Dialect = .kubernetes) throws(Fault) {
        guard case .array(let items) = json else {
            throw Fault(
                .invalid, "a JSON patch must be an array of operations, not \(json.kindName)",
                fix: "write [{\"op\": …, \"path\": …}]")
        }
        guard items.count <= Self.maximumOperations else {
            throw Fault(
                .limitExceeded,
                "The allowed maximum operations in a JSON patch is \(Self.maximumOperations), got \(items.count)",
                fix: "send it in parts, or send the values with a merge patch")
        }
        var operations: [Operation] = []
        operations.reserveCapacity(items.count)
        for (index, item) in items.enumerated() { operations.append(try Self.operation(item, at: index)) }
        (self.operations, self.dialect) = (operations, dialect)
    }

    private static func operation(_ item: JSON, at index: Int) throws(Fault) -> Operation {
        func fault(_ problem: String) -> Fault {
            Fault(.invalid, "operation \(index) of the JSON patch: \(problem)", fix: "write it as RFC 6902 says")
        }
        func pointer(_ name: String) throws(Fault) -> JSONPointer {
            guard let text = item[name]?.string else { throw fault("\(name) is missing or no string") }
            guard let pointer = JSONPointer(parsing: text) else {
                throw fault("\(name) “\(text.prefix(100))” is no JSON pointer")
            }
            guard pointer.parts.count <= maximumDepth else {
                throw Fault(
                    .limitExceeded,
                    "operation \(index) of the JSON patch: \(name) leads deeper than \(maximumDepth) levels")
            }
            return pointer
        }
        guard case .object = item else { throw fault("an operation must be an object, not \(item.kindName)") }
        guard let name = item["op"]?.string else { throw fault("op is missing or no string") }
        guard let kind = Kind(rawValue: name) else { throw fault("“\(name.prefix(40))” is no operation") }
        let path = try pointer("path")
        switch kind {
        case .add, .replace, .test:
            guard let value = item["value"] else { throw fault("value is missing") }
            return Operation(kind: kind, path: path, from: JSONPointer(), value: value)
        case .move, .copy:
            return Operation(kind: kind, path: path, from: try pointer("from"), value: .null)
        case .remove: return Operation(kind: kind, path: path, from: JSONPointer(), value: .null)
        }
    }
}

extension JSONPointer {
    /// Reads the text form (RFC 6901); nil when a part does not start with a slash or a tilde stands alone.
    init?(parsing text: String) {
        guard !text.isEmpty else {
            self.init()
            return
        }
        let bytes = Array(text.utf8)
        guard bytes[0] == UInt8(ascii: "/") else { return nil }
        var parts: [String] = [], part: [UInt8] = []
        var index = 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "/"):
                parts.append(String(decoding: part, as: UTF8.self))
                part.removeAll(keepingCapacity: true)
            case UInt8(ascii: "~"):
                index += 1
                guard index < bytes.count, bytes[index] == 0x30 || bytes[index] == 0x31 else { return nil }
                part.append(bytes[index] == 0x30 ? UInt8(ascii: "~") : UInt8(ascii: "/"))
            default: part.append(bytes[index])
            }
            index += 1
        }
        parts.append(String(decoding: part, as: UTF8.self))
        self.init(parts)
    }
}
