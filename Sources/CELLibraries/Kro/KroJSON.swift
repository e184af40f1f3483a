// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import CEL
internal import Documents

extension Library {
    /// `json.marshal(value)` and `json.unmarshal(string)` of kro.
    ///
    /// `json.marshal` writes what Go's `encoding/json` writes: keys sorted, `<`, `>` and `&` escaped. `json.unmarshal`
    /// reads every number as a double, and a map's keys in sorted order; it refuses a key that is given twice.
    public static let kroJSON = Library(
        "json",
        functions: [
            Function(
                "json.marshal",
                .function(
                    "json.marshal_dyn", [.dyn], .string,
                    .unary { value, budget throws(EvaluationError) in
                        var writer = GoJSONWriter()
                        try writer.write(value, depth: 0, &budget)
                        return .string(String(decoding: writer.bytes, as: UTF8.self))
                    })),
            Function(
                "json.unmarshal",
                .function(
                    "json.unmarshal_string", [.string], .dyn,
                    .string(for: "json.unmarshal") { text, budget throws(EvaluationError) in
                        try unmarshal(text, &budget)
                    })),
        ])
}

private func unmarshal(_ text: String, _ budget: inout Budget) throws(EvaluationError) -> Value {
    // A value needs far more memory than the two characters it may be written in, so values are paid for. Each but
    // the first stands behind one of these; what stands in strings only makes the bound higher.
    let values = text.utf8.count { [UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "{")].contains($0) } + 1
    try budget.allocate(bytes: text.utf8.count)
    try budget.parse(bytes: text.utf8.count)
    try budget.allocate(values: 2 * values)
    do {
        let json = try JSON(parsing: Array(text.utf8), source: "the text")
        if let number = json.numberOutOfRange {
            throw EvaluationError.invalid(
                "json.unmarshal failed to parse JSON: number \(number.prefix(40)) does not fit a double")
        }
        return Value(json, numbers: .doubles)
    } catch let error as EvaluationError {
        throw error
    } catch {
        throw .invalid("json.unmarshal failed to parse JSON: \((error as? Fault)?.message ?? "\(error)")")
    }
}

extension JSON {
    /// The first number that no double holds.
    fileprivate var numberOutOfRange: String? {
        switch self {
        case .number(let number): number.double.isFinite ? nil : number.text
        case .array(let items): items.lazy.compactMap(\.numberOutOfRange).first
        case .object(let object): object.lazy.compactMap(\.value.numberOutOfRange).first
        default: nil
        }
    }
}
