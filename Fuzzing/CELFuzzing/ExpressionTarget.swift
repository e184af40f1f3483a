// SPDX-License-Identifier: Apache-2.0

internal import CEL
internal import CELLibraries
internal import Documents

/// Calls the language with an expression of the fuzzer: the first byte names a profile, the rest is the text.
///
/// What has to hold, beyond not crashing and not running on: checked and unchecked an expression yields the same value,
/// and the literal of a value yields the value.
public enum ExpressionTarget {
    private static let environments = Profile.all.map {
        $0.environment(variables: ["x": .int, "s": .string, "l": .list(.int), "d": .dyn, "m": .map(.string, .dyn)])
    }

    private static let variables: Variables = {
        let text = #"{"a": {"b": [1, 2.5, "ü", null, true]}, "c": "text", "n": 18446744073709551615, "": {}}"#
        let document = try? JSON(parsing: Array(text.utf8), source: "the document")
        let value = Value(document ?? .null)
        return ["x": 7, "s": "Grüße, Welt", "l": [3, 1, 2], "d": value, "m": value]
    }()

    private static let limits = EvaluationLimits(steps: 20_000, bytes: 1 << 18)

    public static func run(_ bytes: [UInt8]) {
        guard let first = bytes.first, bytes.count < 4096 else { return }
        let environment = environments[Int(first) % environments.count]
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        let expression: Expression
        do { expression = try environment.parse(text) } catch { return show(error.description) }
        show(expression.references.map(\.description).joined())
        let unchecked = value(of: try? environment.program(unchecked: expression))
        do {
            let checked = value(of: try environment.program(environment.check(expression)))
            if let checked, let unchecked {
                precondition(checked.literalText == unchecked.literalText, "checking changes the value")
                roundTrip(checked, in: environment)
            }
        } catch { show(error.description) }
    }

    private static func value(of program: Program?) -> Value? {
        guard let program else { return nil }
        var partly = variables
        partly["x"] = nil
        partly.markUnknown(AttributePath("x"))
        partly.markUnknown(AttributePath("d", [.field("a")]))
        _ = try? program.evaluatePartially(partly, limits: limits)
        do { return try program.evaluate(variables, limits: limits) } catch {
            show(error.description)
            return nil
        }
    }

    private static func roundTrip(_ value: Value, in environment: Environment) {
        guard value.hasLiteral else { return }
        let text = value.literalText
        guard text.utf8.count < 10_000 else { return }
        let again = try? environment.compileUnchecked(text).evaluate(limits: limits)
        precondition(again?.literalText == text, "a literal yields another value")
    }

    /// Makes sure that a text is made.
    @inline(never)
    private static func show(_ text: String) { precondition(text.utf8.count < 1 << 30) }
}

extension Value {
    fileprivate var hasLiteral: Bool {
        switch self {
        case .opaque, .type, .duration, .timestamp: false
        case .double(let double): double.isFinite
        case .list(let list): list.allSatisfy(\.hasLiteral)
        case .map(let map): map.entries.allSatisfy { $0.key.hasLiteral && $0.value.hasLiteral }
        case .optional(let wrapped): wrapped?.value.hasLiteral ?? true
        default: true
        }
    }
}
