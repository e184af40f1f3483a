// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology
public import Documents

/// How values are written into a document.
public struct DocumentForm: Sendable {
    /// Whether bytes become Base64; else they are an error, since a reader would not know what they were.
    public var encodesBytes = false
    /// How deep lists and maps may be nested.
    public var depth = DocumentLimits.standard.depth

    /// The form above.
    public init(encodesBytes: Bool = false) { self.encodesBytes = encodesBytes }
}

extension Value {
    /// What the value is in a document.
    ///
    /// - An optional is its value, or null; durations and timestamps are strings, as Kubernetes writes them: `1m30s`,
    ///   `2026-01-02T03:04:05Z`.
    /// - Every integer keeps its digits, also a uint above the largest int. A double is written as Go does it, so a whole
    ///   one has no fraction.
    /// - A part of a document is that part, as it was written there.
    ///
    /// - Throws: with the path of the part, for bytes unless `form` encodes them, for NaN and infinity, keys that are no
    ///   strings, types and values of libraries, values nested too deep, and when the budget ends: each part costs a
    ///   step, and its text as much memory as if it was copied.
    public func document(
        _ form: DocumentForm = DocumentForm(), budget: inout Budget
    ) throws(EvaluationError) -> JSON {
        var writer = DocumentWriter(form: form)
        return try writer.write(self, &budget)
    }

    /// What the value is in a document, within the standard limits of an evaluation.
    public func document(_ form: DocumentForm = DocumentForm()) throws(EvaluationError) -> JSON {
        var budget = Budget()
        return try document(form, budget: &budget)
    }
}

private struct DocumentWriter {
    private enum Step {
        case key(String)
        case index(Int)
    }

    /// What an array takes beside its items; lists share their parts, and arrays of a document do not.
    private static let container = 48

    let form: DocumentForm
    private var path: [Step] = []

    init(form: DocumentForm) { self.form = form }

    mutating func write(_ value: Value, _ budget: inout Budget) throws(EvaluationError) -> JSON {
        try budget.allocate(bytes: MemoryLayout<JSON>.stride)
        switch value {
        case .null, .optional(nil): return .null
        case .bool(let bool): return .bool(bool)
        case .int(let int): return .number(JSONNumber(int))
        case .uint(let uint): return .number(JSONNumber(text: String(uint))!)
        case .double(let double):
            guard double.isFinite else { throw failure("a document cannot hold the number \(goShortest(double))") }
            return .number(JSONNumber(text: Self.text(double))!)
        case .string(let text):
            try budget.allocate(bytes: text.utf8.count)
            return .string(text)
        case .bytes(let octets):
            guard form.encodesBytes else {
                throw failure("a document cannot hold bytes; encode them explicitly, as with base64.encode(…)")
            }
            try budget.allocate(bytes: octets.count * 4 / 3 + 4)
            return .string(octets.base64)
        case .duration(let span): return .string(span.goText)
        case .timestamp(let moment): return .string(moment.description)
        case .optional(let wrapped?): return try write(wrapped.value, &budget)
        case .list(let list): return try write(list, &budget)
        case .map(let map): return try write(map, &budget)
        case .type, .opaque:
            if value.isOmission { throw failure("omit() can only be the whole value of a field or of an element") }
            throw failure("a document cannot hold a value of type \(value.typeName); write it as a string")
        }
    }

    private mutating func write(_ list: ListValue, _ budget: inout Budget) throws(EvaluationError) -> JSON {
        if let document = list.document {
            try pay(for: document, depth: path.count, &budget)
            return document
        }
        try checkDepth(path.count)
        try budget.allocate(bytes: Self.container)
        var items: [JSON] = []
        for (index, value) in list.enumerated() {
            path.append(.index(index))
            items.append(try write(value, &budget))
            path.removeLast()
        }
        return .array(items)
    }

    private mutating func write(_ map: MapValue, _ budget: inout Budget) throws(EvaluationError) -> JSON {
        if let document = map.document {
            try pay(for: document, depth: path.count, &budget)
            return document
        }
        try checkDepth(path.count)
        try budget.allocate(bytes: 2 * Self.container)
        var object = JSONObject()
        for (key, value) in map.entries {
            guard case .string(let name) = key else {
                throw failure("the key \(key.literalText.prefix(40)) is of type \(key.typeName), and no string")
            }
            try budget.allocate(bytes: 32 + name.utf8.count)
            path.append(.key(name))
            object[name] = try write(value, &budget)
            path.removeLast()
        }
        return .object(object)
    }

    /// Pays for a part of a document as for any other value: what is shared here is written out later.
    private func pay(for json: JSON, depth: Int, _ budget: inout Budget) throws(EvaluationError) {
        try budget.allocate(bytes: MemoryLayout<JSON>.stride)
        switch json {
        case .string(let text): try budget.allocate(bytes: text.utf8.count)
        case .array(let items):
            try checkDepth(depth)
            for item in items { try pay(for: item, depth: depth + 1, &budget) }
        case .object(let object):
            try checkDepth(depth)
            for (key, value) in object {
                try budget.allocate(bytes: key.utf8.count)
                try pay(for: value, depth: depth + 1, &budget)
            }
        default: break
        }
    }

    private func checkDepth(_ depth: Int) throws(EvaluationError) {
        guard depth < form.depth else {
            throw EvaluationError(.budget, "the value is nested deeper than \(form.depth) levels")
        }
    }

    private func failure(_ message: String) -> EvaluationError {
        guard !path.isEmpty else { return .invalid(message) }
        let place = JSONPointer(
            path.map { step in
                switch step {
                case .key(let name): name
                case .index(let index): String(index)
                }
            })
        return .invalid("\(message) (at \(place) of the value)")
    }

    /// As Go's `encoding/json` writes a double.
    private static func text(_ double: Double) -> String {
        let size = double.magnitude
        return size == 0 || (1e-6..<1e21).contains(size) ? goPlain(double) : goShortest(double)
    }
}

extension ListValue {
    /// The array that the list shows, where it shows one.
    fileprivate var document: JSON? {
        switch storage {
        case .values: nil
        case .document(let array, _): .array(array)
        case .custom(let source): (source as? any DocumentView)?.document
        }
    }
}

extension MapValue {
    /// The object that the map shows, where it shows one.
    fileprivate var document: JSON? {
        switch storage {
        case .entries: nil
        case .document(let object, _): .object(object)
        case .custom(let source): (source as? any DocumentView)?.document
        }
    }
}
