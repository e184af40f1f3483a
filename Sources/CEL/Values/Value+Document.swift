// SPDX-License-Identifier: Apache-2.0

public import Documents

/// What the numbers of a document are.
public enum NumberReading: Sendable {
    /// An integer that 64 bits hold is an int (above the largest int a uint), every other number a double; what
    /// Kubernetes does.
    case integersAndDoubles
    /// Every number is a double; what JSON says, and what OCM's resource controller does.
    case doubles
}

extension Value {
    /// The object of a document that it is a view of.
    @inline(__always)
    var document: (JSONObject, NumberReading)? {
        guard case .map(let map) = self, case .document(let object, let numbers) = map.storage else { return nil }
        return (object, numbers)
    }

    /// A value of a document; arrays and objects stay where they are.
    @inline(__always)
    public init(_ json: JSON, numbers: NumberReading = .integersAndDoubles) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .string(let text): self = .string(text)
        case .number(let number): self = Value(number, numbers)
        case .array(let array): self = .list(ListValue(array, numbers: numbers))
        case .object(let object): self = .map(MapValue(object, numbers: numbers))
        }
    }

    private init(_ number: JSONNumber, _ numbers: NumberReading) {
        if numbers == .integersAndDoubles {
            if let int = number.int64 {
                self = .int(int)
                return
            }
            if let uint = UInt64(number.text) {
                self = .uint(uint)
                return
            }
        }
        self = .double(number.double)
    }
}
