// SPDX-License-Identifier: Apache-2.0

public import Documents

/// What the variables of an expression are, for one evaluation.
public struct Variables: Sendable, ExpressibleByDictionaryLiteral {
    /// Sorted by name, as an environment sorts its variables, so that most are found at the first look.
    private(set) var names: [String] = []
    private(set) var values: [Value] = []
    private var failures: [String: EvaluationError] = [:]
    private(set) var unknown: [AttributePath] = []

    /// No variables.
    public init() {}

    /// Variables by name; of a name that is given twice the last counts.
    public init(dictionaryLiteral elements: (String, Value)...) {
        for (name, value) in elements { self[name] = value }
    }

    /// Variables by name.
    public init(_ values: [String: Value]) {
        names = values.keys.sorted()
        self.values = names.map { values[$0]! }
    }

    /// One variable for each member of a document.
    public init(members object: JSONObject, numbers: NumberReading = .integersAndDoubles) {
        self.init()
        for (name, json) in object { self[name] = Value(json, numbers: numbers) }
    }

    /// A variable's value; nil when there is none.
    public subscript(name: String) -> Value? {
        get { position(of: name).map { values[$0] } }
        set {
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
        }
    }

    /// Makes reading a variable fail; what an expression does not read does not fail.
    public mutating func fail(_ name: String, with error: EvaluationError) { failures[name] = error }

    /// Marks a variable, or a part of one, as not known yet; see `Program.evaluatePartially`.
    public mutating func markUnknown(_ path: AttributePath) { unknown.append(path) }

    /// Whether nothing is marked as unknown.
    var isComplete: Bool { unknown.isEmpty }

    private func position(of name: String) -> Int? {
        let at = names.partitioningIndex { $0 >= name }
        return at < names.count && names[at] == name ? at : nil
    }

    /// A variable's value, looked for first where `hint` says.
    @inline(__always)
    func value(of name: String, hint: Int) throws(EvaluationError) -> Value? {
        if hint < names.count, names[hint] == name { return values[hint] }
        return try find(name)
    }

    @inline(never)
    private func find(_ name: String) throws(EvaluationError) -> Value? {
        if let position = position(of: name) { return values[position] }
        if let failure = failures[name] { throw failure }
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
