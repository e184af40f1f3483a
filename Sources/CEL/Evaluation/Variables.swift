// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents

/// What the variables of an expression are, for one evaluation. Copies share what they hold until one is changed.
public struct Variables: Sendable, ExpressibleByDictionaryLiteral {
    private final class Storage: Sendable {
        /// Sorted, as an environment sorts its variables, so that most are found at the first look.
        let names: [String]
        let values: [Value]
        let failures: [String: EvaluationError]
        let unknown: [AttributePath]
        let isComplete: Bool

        init(_ names: [String], _ values: [Value], _ failures: [String: EvaluationError], _ unknown: [AttributePath]) {
            (self.names, self.values, self.failures, self.unknown) = (names, values, failures, unknown)
            isComplete = unknown.isEmpty
        }
    }

    private var storage: Storage
    private static let empty = Storage([], [], [:], [])

    /// No variables.
    public init() { storage = Self.empty }

    /// Variables by name; of a name that is given twice the last counts.
    public init(dictionaryLiteral elements: (String, Value)...) {
        self.init(Dictionary(elements) { $1 })
    }

    /// Variables by name.
    public init(_ values: [String: Value]) {
        let names = values.keys.sorted()
        storage = Storage(names, names.map { values[$0]! }, [:], [])
    }

    /// One variable for each member of a document.
    public init(members object: JSONObject, numbers: NumberReading = .integersAndDoubles) {
        self.init(Dictionary(object.map { ($0.key, Value($0.value, numbers: numbers)) }) { $1 })
    }

    /// A variable's value; nil when there is none.
    public subscript(name: String) -> Value? {
        get { position(of: name).map { storage.values[$0] } }
        set {
            var names = storage.names, values = storage.values
            let at = names.partitioningIndex { $0 >= name }
            let isKnown = at < names.count && names[at] == name
            switch (isKnown, newValue) {
            case (true, let value?): values[at] = value
            case (false, let value?):
                names.insert(name, at: at)
                values.insert(value, at: at)
            case (true, nil):
                names.remove(at: at)
                values.remove(at: at)
            case (false, nil): break
            }
            storage = Storage(names, values, storage.failures, storage.unknown)
        }
    }

    /// Makes reading a variable fail; what an expression does not read does not fail.
    public mutating func fail(_ name: String, with error: EvaluationError) {
        storage = Storage(
            storage.names, storage.values, storage.failures.merging([name: error]) { $1 }, storage.unknown)
    }

    /// Marks a variable, or a part of one, as not known yet; see `Program.evaluatePartially`. It need not have a value.
    public mutating func markUnknown(_ path: AttributePath) {
        storage = Storage(storage.names, storage.values, storage.failures, storage.unknown + [path])
    }

    /// Their names, sorted.
    public var names: [String] { storage.names }

    /// What is marked as unknown.
    var unknown: [AttributePath] { storage.unknown }

    /// Whether nothing is marked as unknown.
    var isComplete: Bool { storage.isComplete }

    private func position(of name: String) -> Int? {
        let names = storage.names
        let at = names.partitioningIndex { $0 >= name }
        return at < names.count && names[at] == name ? at : nil
    }

    /// A variable's value, looked for first where `hint` says.
    @inline(__always)
    func value(of name: String, hint: Int) throws(EvaluationError) -> Value? {
        if hint < storage.names.count, storage.names[hint].hasSameScalars(as: name) { return storage.values[hint] }
        return try find(name)
    }

    /// The document that a variable is a view of, looked for only where `hint` says; nil when it is anything else.
    @inline(__always)
    func document(of name: String, hint: Int) -> (JSONObject, NumberReading)? {
        guard hint < storage.names.count, storage.names[hint].hasSameScalars(as: name) else { return nil }
        return storage.values[hint].document
    }

    @inline(never)
    private func find(_ name: String) throws(EvaluationError) -> Value? {
        if let position = position(of: name) { return storage.values[position] }
        if let failure = storage.failures[name] { throw failure }
        return nil
    }
}

extension RandomAccessCollection {
    /// The first index whose element and all after it satisfy the predicate, of a collection that is ordered by it.
    fileprivate func partitioningIndex(where predicate: (Element) -> Bool) -> Index {
        var low = startIndex, length = count
        while length > 0 {
            let half = length / 2, middle = index(low, offsetBy: half)
            if predicate(self[middle]) {
                length = half
            } else {
                low = index(after: middle)
                length -= half + 1
            }
        }
        return low
    }
}
