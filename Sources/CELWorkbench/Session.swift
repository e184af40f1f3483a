// SPDX-License-Identifier: Apache-2.0

public import Basics
public import CEL
public import CELLibraries
public import Documents

/// A profile, variables, and what is known of them: everything that an expression is compiled and run with.
public struct Session: Sendable {
    /// Whose expressions these are.
    public var profile: Profile { didSet { base = profile.environment() } }
    /// The variables that have values.
    public private(set) var values: [String: Value] = [:]
    /// The variables whose types were declared.
    public private(set) var types: [String: CELType] = [:]
    /// What is not known yet.
    public var unknown: [AttributePath] = []
    /// How much an expression may do.
    public var limits = EvaluationLimits.standard
    private var base: CEL.Environment

    /// A session without variables.
    public init(_ profile: Profile = .standard) {
        self.profile = profile
        base = profile.environment()
    }

    /// The names of all variables, in alphabetic order.
    public var names: [String] {
        Set(values.keys).union(types.keys).union(unknown.map(\.variable)).sorted()
    }

    /// Sets a variable.
    ///
    /// - Throws: when its type was declared and the value cannot be of that type.
    public mutating func set(_ name: String, to value: Value) throws(Fault) {
        guard let type = types[name] else { return values[name] = value }
        guard let value = value.read(as: type) else {
            throw Fault(
                .invalid, "the value of “\(name)” is a \(value.typeName), and \(type) was declared for it",
                fix: "change the value or the declaration")
        }
        values[name] = value
    }

    /// Sets a variable to a document, whose numbers are what the profile makes of them.
    public mutating func set(_ name: String, toDocument document: JSON) throws(Fault) {
        try set(name, to: Value(document, numbers: profile.options.numbers))
    }

    /// Makes a variable of each member of a document.
    ///
    /// - Throws: when the document is no object.
    public mutating func setMembers(of document: JSON, source: String) throws(Fault) {
        guard let object = document.object else {
            throw Fault(
                .invalid, "\(source) holds \(document.kindName), whose members cannot be variables",
                fix: "give it a name to make all of it one variable")
        }
        for (name, member) in object { try set(name, toDocument: member) }
    }

    /// Forgets a variable, its type, and that it is unknown.
    public mutating func remove(_ name: String) {
        values[name] = nil
        types[name] = nil
        unknown.removeAll { $0.variable == name }
    }

    /// Declares the type of a variable, whether it has a value or not.
    public mutating func declare(_ name: String, as type: CELType) throws(Fault) {
        types[name] = type
        if let value = values[name] { try set(name, to: value) }
    }

    /// What compiles expressions.
    ///
    /// - Parameter isExact: whether variables without a declared type have the type that their values show; else
    ///   they are dyn, so that what an expression does with a missing field is seen when it runs.
    public func environment(isExact: Bool) -> CEL.Environment {
        var types = types
        for (name, value) in values where types[name] == nil {
            types[name] = isExact ? CELType(of: value, named: name) : .dyn
        }
        for path in unknown where types[path.variable] == nil { types[path.variable] = .dyn }
        return base.adding(variables: types)
    }

    /// Compiles an expression to be run.
    public func compile(_ text: String, name: String = "<input>", isChecked: Bool = true) throws(Fault) -> Program {
        let environment = environment(isExact: false)
        do throws(CompileError) {
            return isChecked
                ? try environment.compile(text, name: name) : try environment.compileUnchecked(text, name: name)
        } catch { throw error.fault }
    }

    /// Checks an expression against what the values of the variables show.
    public func check(_ text: String, name: String = "<input>") throws(CompileError) -> CheckedExpression {
        let environment = environment(isExact: true)
        return try environment.check(environment.parse(text, name: name))
    }

    /// The value of an expression, or what has to be known for it.
    public func evaluate(_ program: Program) throws(Fault) -> Program.PartialResult {
        var variables = Variables(values)
        for path in unknown { variables.markUnknown(path) }
        do throws(EvaluationError) { return try program.evaluatePartially(variables, limits: limits) } catch {
            throw error.fault
        }
    }
}
