// SPDX-License-Identifier: Apache-2.0

internal import CEL
internal import CELLibraries

/// Runs cases.
public struct CaseRunner: Sendable {
    private let environments: [TestEnvironment.Setting: Environment]

    /// A runner; it keeps an environment for each kind of case.
    public init() {
        var reference = Environment.Options()
        reference.acceptsAnyMapKey = true
        reference.failsOnBadPresenceTest = false
        reference.durationMillisecondsAreTotal = true
        environments = [
            .conformance: Environment(libraries: Self.conformance),
            .reference: Environment(libraries: Self.conformance + Self.extensions, options: reference),
            .kro: Environment(libraries: Self.kro, options: Profile.kro.options),
        ]
    }

    /// What the cases of the specification use.
    private static let conformance: [Library] = [
        .standard, .optionals, .bindings, .twoVariableComprehensions, .blocks, .encoders, .strings(), .math(), .network,
    ]

    /// What cel-go brings beyond.
    private static let extensions: [Library] = [.lists(), .sets, .regex]

    /// The libraries with which expressions of kro were recorded, fewer than kro itself has.
    private static let kro: [Library] = [
        .standard, .optionals, .twoVariableComprehensions, .lists(), .strings(), .bindings, .encoders,
        .kubernetesLists(version: 0), .kubernetesRegex, .kroRandom, .kroMaps, .kroJSON, .kroHash, .kroLists,
    ]

    private func environment(_ wanted: TestEnvironment) -> Environment {
        let base = environments[wanted.setting]!
        if wanted.functions.isEmpty, wanted.container.isEmpty { return base.adding(variables: wanted.variables) }
        return Environment(
            libraries: base.libraries + [Library("case", functions: wanted.functions)], variables: wanted.variables,
            container: wanted.container, options: base.options)
    }

    /// Runs a case; never throws, whatever the case does.
    public func run(_ test: TestCase) -> Outcome {
        if let reason = test.skipReason { return .skipped(reason) }
        let environment = environment(test.environment)
        let program: Program
        do throws(CompileError) {
            program =
                test.mode == .unchecked
                ? try environment.compileUnchecked(test.expression) : try environment.compile(test.expression)
        } catch {
            return test.outcome(compileError: error)
        }
        if test.mode == .checkOnly { return test.outcome(type: program.resultType) }
        var variables = Variables()
        for (name, binding) in test.bindings {
            switch binding {
            case .value(let value): variables[name] = value
            case .failure(let message): variables.fail(name, with: EvaluationError(.invalidArgument, message))
            }
        }
        do throws(EvaluationError) {
            return test.outcome(value: try program.evaluate(variables), type: program.resultType)
        } catch {
            return test.outcome(error: error)
        }
    }
}

extension TestCase {
    fileprivate var expected: String {
        switch expectation {
        case .value(let value, let type): value.literalText + (type.map { " of type \($0)" } ?? "")
        case .type(let type): "type \(type)"
        case .error(let text): text.isEmpty ? "an error" : "an error: \(text)"
        case .compileError: "an error before it runs"
        }
    }

    fileprivate func failed(_ got: String) -> Outcome { .failed(expected: expected, got: got) }

    fileprivate func outcome(compileError: CompileError) -> Outcome {
        switch expectation {
        case .error, .compileError: .passed
        default: failed("an error before it runs: \(compileError)")
        }
    }

    fileprivate func outcome(type: CELType) -> Outcome {
        switch expectation {
        case .type(type.description), .value(_, type: type.description): .passed
        default: failed("type \(type)")
        }
    }

    fileprivate func outcome(value: Value, type: CELType) -> Outcome {
        let got = "\(value.literalText) of type \(type)"
        switch expectation {
        case .value(let wanted, let wantedType):
            guard value.isExactly(wanted) else { return failed(got) }
            guard mode == .checked, let wantedType, wantedType != "dyn" else { return .passed }
            return wantedType == type.description ? .passed : failed(got)
        case .type(let wanted): return wanted == type.description ? .passed : failed(got)
        default: return failed(got)
        }
    }

    fileprivate func outcome(error: EvaluationError) -> Outcome {
        guard case .error(let text) = expectation else { return failed("an error: \(error)") }
        guard let kind = Self.kind(of: text) else { return .passed }
        return error.message.contains(text) || error.kind == kind ? .passed : failed("an error: \(error.message)")
    }

    /// The kind of failure that a recorded text tells of, where programs tell failures apart by it; nil for texts that
    /// are for people only.
    private static func kind(of text: String) -> EvaluationError.Kind? {
        let known: [(String, EvaluationError.Kind)] = [
            ("no such overload", .noSuchOverload), ("expected iterable type", .noSuchOverload),
            ("no such key", .noSuchKey), ("no such attribute", .noSuchAttribute),
            ("index out of bounds", .indexOutOfBounds), ("division by zero", .division),
            ("modulus by zero", .division),
        ]
        return known.first { text.contains($0.0) }?.1
    }
}

extension Value {
    /// Whether two values are the same, and of the same type all the way down. Every NaN is the same.
    fileprivate func isExactly(_ other: Value) -> Bool {
        guard typeName == other.typeName else { return false }
        switch (self, other) {
        case (.double(let a), .double(let b)): return a == b || a.isNaN && b.isNaN
        case (.list(let a), .list(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { $0.isExactly($1) }
        case (.map(let a), .map(let b)):
            return a.count == b.count
                && a.entries.allSatisfy { entry in
                    b.entries.contains { $0.key.isExactly(entry.key) && $0.value.isExactly(entry.value) }
                }
        case (.optional(let a?), .optional(let b?)): return a.value.isExactly(b.value)
        default:
            var budget = Budget()
            return (try? equals(other, &budget)) ?? false
        }
    }
}
