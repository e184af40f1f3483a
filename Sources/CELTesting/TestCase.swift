// SPDX-License-Identifier: Apache-2.0

internal import CEL

/// An expression, its surroundings, and what is expected of it.
public struct TestCase: Sendable {
    /// Names the case in its file.
    public let id: String
    /// The expression.
    public let expression: String
    let mode: Mode
    let environment: TestEnvironment
    let bindings: [String: Binding]
    let expectation: Expectation
    /// Why it cannot be run; nil when it can.
    public let skipReason: String?

    enum Mode {
        case checked, unchecked
        /// The type is what matters; nothing is evaluated.
        case checkOnly
    }

    enum Binding {
        case value(Value)
        case failure(String)
    }

    enum Expectation {
        /// A value, compared by type; and the type of the expression where it matters.
        case value(Value, type: String?)
        /// The type of the expression only.
        case type(String)
        /// It fails, before or while it runs; an error while it runs holds this text.
        case error(containing: String)
        /// It does not compile.
        case compileError
    }
}

/// Libraries, variables and options of cases; made once for all cases that share them.
struct TestEnvironment: Sendable {
    enum Setting: Hashable {
        /// Everything that the conformance cases use.
        case conformance
        /// cel-go with all its extensions.
        case reference
        /// What kro, OCM and Flux give their users.
        case kro
    }

    let setting: Setting
    var container = ""
    var variables: [String: CELType] = [:]
    var functions: [Function] = []
}

/// What became of a case.
public enum Outcome: Sendable {
    /// As expected.
    case passed
    /// Not as expected.
    case failed(expected: String, got: String)
    /// Not run.
    case skipped(String)
}
