// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import RegularExpressions

extension KeywordValidator {
    /// What is wrong with the type of a value.
    func typeError(_ value: JSON, _ schema: SchemaNode) -> FieldError? {
        let wanted = schema.isIntOrString ? "integer,string" : schema.type
        if case .null = value {
            return wanted.isEmpty || schema.isNullable ? nil : typeMismatch(wanted, "null")
        }
        let (found, format) = value.schemaType
        if wanted.isEmpty {
            // A format alone is of texts.
            guard let wantedFormat = schema.checkedFormat, found != "string" else { return nil }
            return typeMismatch(wantedFormat.name, format)
        }
        let fits: Bool
        switch (schema.type, found) {
        case _ where schema.isIntOrString: fits = found == "string" || value.isWholeNumber
        case ("integer", "number"): fits = value.isWholeNumber
        case ("number", "integer"): fits = true
        default: fits = schema.type == found
        }
        guard !fits else { return nil }
        if let wantedFormat = schema.checkedFormat, found != "string", found != "array" {
            return typeMismatch(wantedFormat.name, format)
        }
        return typeMismatch(wanted, found)
    }

    /// An error that names what was found as the value.
    func typeMismatch(_ wanted: String, _ found: String) -> FieldError {
        let name = name
        return FieldError(
            .typeInvalid, path(name).text, value: .string(found),
            "\(name) in body must be of type \(wanted): \(goQuoted(found))")
    }

    /// The first thing that is wrong with a text; lengths count code points.
    mutating func textError(_ text: String, _ schema: SchemaNode) -> FieldError? {
        guard let bounds = schema.text else { return nil }
        if bounds.maximum != nil || bounds.minimum != nil {
            let count = text.scalarCount
            if let maximum = bounds.maximum, count > maximum {
                let detail = "may not be more than \(maximum) \(maximum == 1 ? "byte" : "bytes")"
                return FieldError(.tooLong, path(name).text, value: nil, detail)
            }
            if let minimum = bounds.minimum, count < minimum {
                return broken("should be at least \(minimum) chars long", .string(text))
            }
        }
        guard let pattern = bounds.pattern else { return nil }
        // A search may look at much of the pattern for each byte, and mostly does not.
        spend((1 + text.utf8.count >> 4) * max(1, pattern.instructionCount >> 3))
        guard !isExhausted, !pattern.matches(text) else { return nil }
        return broken("should match '\(pattern.pattern)'", .string(text))
    }

    /// All that is wrong with a number.
    func numberErrors(_ number: JSONNumber, _ schema: SchemaNode) -> [FieldError] {
        var errors: [FieldError] = []
        if let error = rangeError(number, schema) { errors.append(error) }
        guard let bounds = schema.number else { return errors }
        let int = number.int64, value = number.double
        let shown = JSON.number(number)
        if let factor = bounds.multipleOf {
            errors += boundaryError(factor, "MultipleOf", schema)
            if factor <= 0 {
                errors.append(
                    .invalid(
                        path(name), .number(JSONNumber(nearest: factor)),
                        "factor MultipleOf declared for \(name) must be positive: \(GoLiteral.plain(factor))"))
            } else if !Self.isMultiple(int, value, of: factor) {
                errors.append(broken("should be a multiple of \(GoLiteral.plain(factor))", shown))
            }
        }
        if let maximum = bounds.maximum {
            errors += boundaryError(maximum, "Maximum boundary", schema)
            let order = Self.order(int, value, maximum)
            if order > 0 || order == 0 && bounds.isExclusiveMaximum {
                let words = bounds.isExclusiveMaximum ? "less than" : "less than or equal to"
                errors.append(broken("should be \(words) \(Self.boundText(maximum, int))", shown))
            }
        }
        if let minimum = bounds.minimum {
            errors += boundaryError(minimum, "Minimum boundary", schema)
            let order = Self.order(int, value, minimum)
            if order < 0 || order == 0 && bounds.isExclusiveMinimum {
                let words = bounds.isExclusiveMinimum ? "greater than" : "greater than or equal to"
                errors.append(broken("should be \(words) \(Self.boundText(minimum, int))", shown))
            }
        }
        return errors
    }

    private func broken(_ detail: String, _ value: JSON) -> FieldError {
        let name = name
        return .invalid(path(name), value, "\(name) in body \(detail)")
    }

    /// Whether a number is within what its type and format hold.
    private func rangeError(_ number: JSONNumber, _ schema: SchemaNode) -> FieldError? {
        let fits: Bool
        switch (schema.isIntOrString ? "" : schema.type, schema.checkedFormat?.name) {
        case ("integer", "int32"): fits = Int32(exactly: number.double) != nil
        case ("integer", _): fits = number.int64 != nil || Int64(exactly: number.double) != nil
        case ("number", "float"): fits = number.double.magnitude <= Double(Float.greatestFiniteMagnitude)
        default: fits = number.double.isFinite
        }
        return fits ? nil : outOfRange("Checked", schema)
    }

    /// Kubernetes refuses every value when a bound is beyond the type.
    private func boundaryError(_ bound: Double, _ prefix: String, _ schema: SchemaNode) -> [FieldError] {
        guard schema.type == "integer", !schema.isIntOrString else { return [] }
        let is32 = schema.checkedFormat?.name == "int32"
        let fits = is32 ? Int32(exactly: bound) != nil : Int64(exactly: bound) != nil
        return fits ? [] : [outOfRange(prefix, schema)]
    }

    private func outOfRange(_ prefix: String, _ schema: SchemaNode) -> FieldError {
        let format = schema.checkedFormat.map { "with format \($0.name)" } ?? "(default format)"
        let type = schema.type.isEmpty ? "number" : schema.type
        return .invalid(base, "", "\(prefix) value must be of type \(type) \(format) in \(name)")
    }

    private static func order(_ int: Int64?, _ value: Double, _ bound: Double) -> Int {
        if let int, let whole = Int64(exactly: bound) { return int < whole ? -1 : int > whole ? 1 : 0 }
        return value < bound ? -1 : value > bound ? 1 : 0
    }

    private static func boundText(_ bound: Double, _ int: Int64?) -> String {
        guard int != nil, let whole = Int64(exactly: bound) else { return GoLiteral.plain(bound) }
        return String(whole)
    }

    /// Doubles are compared with a tolerance, as the validator of Kubernetes does.
    private static func isMultiple(_ int: Int64?, _ value: Double, of factor: Double) -> Bool {
        if let int, let whole = Int64(exactly: factor) { return int.isMultiple(of: whole) }
        return (factor < 1 ? 1 / factor * value : value / factor).isNearlyWhole
    }
}

extension JSONNumber {
    fileprivate init(nearest value: Double) { self = JSONNumber(text: goShortest(value)) ?? JSONNumber(0) }
}

extension Double {
    /// Whether a double that was calculated stands for an integer that JSON can hold.
    fileprivate var isNearlyWhole: Bool {
        guard isFinite, magnitude <= 9_007_199_254_740_991 else { return false }
        let difference = (self - rounded(.towardZero)).magnitude
        if difference == 0 { return true }
        if self == 0 || difference < .leastNormalMagnitude { return difference < 1e-9 * .leastNormalMagnitude }
        return difference / (magnitude + rounded(.towardZero).magnitude) < 1e-9
    }
}

extension JSON {
    /// The type of a value in words of schemas, and the format that Kubernetes' validator sees in it.
    var schemaType: (type: String, format: String) {
        switch self {
        case .null: ("null", "")
        case .bool: ("boolean", "")
        case .string: ("string", "")
        case .number(let number): number.int64 != nil ? ("integer", "int64") : ("number", "float64")
        case .array: ("array", "")
        case .object: ("object", "")
        }
    }

    /// Whether it is a number without a fraction.
    var isWholeNumber: Bool {
        guard case .number(let number) = self else { return false }
        if number.int64 != nil { return true }
        let value = number.double
        return value.isFinite && value == value.rounded() && value.magnitude <= 9_007_199_254_740_991
    }
}
