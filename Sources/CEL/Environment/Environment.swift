// SPDX-License-Identifier: Apache-2.0

/// What an expression may use: libraries, variables and their types, and how strict it is read.
///
/// Making one costs more than compiling an expression; keep it, it never changes and can be used by any thread.
public struct Environment: Sendable {
    /// What differs between those who use the language.
    public struct Options: Sendable {
        /// Whether the checker lets `1 < 1.5` pass; it runs either way.
        public var crossTypeNumericComparisons = false
        /// Whether the elements of a list literal, and the keys and values of a map literal, are of one type.
        public var homogeneousLiterals = false
        /// Whether `getMilliseconds()` of a duration is all of it, as cel-go has it, and not the part below a second.
        public var durationMillisecondsAreTotal = false
        /// Whether `has(a.b)` and `a.?b` fail where `a` is a number, a string or another value without parts, as the
        /// specification has it; else `b` is missing there, as cel-go has it unless told otherwise. Where `a` is a list
        /// they always fail.
        public var failsOnBadPresenceTest = true
        /// Whether map literals also take doubles and null as keys, and of a key given twice the last value, as cel-go
        /// has it; the specification makes both errors.
        public var acceptsAnyMapKey = false
        /// What the numbers of documents are.
        public var numbers = NumberReading.integersAndDoubles
        /// How much of a foreign expression is accepted.
        public var limits = ExpressionLimits()

        /// The options above.
        public init() {}
    }

    let functions: [String: [Overload]]
    let macros: MacroTable
    /// The types of variables by their full names.
    public let variables: [String: CELType]
    let slots: [String: Int]
    /// Names that stand for values; those of types among them.
    let constants: [String: Value]
    let types: [String: CELType]
    /// What stands before the last point of functions' names: `lists`, `json`.
    let namespaces: Set<String>
    let container: Container
    let hasOptionals: Bool
    /// What differs between those who use the language.
    public let options: Options
    /// The libraries, in the order in which they were given.
    public let libraries: [Library]

    /// An environment of libraries, variables with their types, and the namespace in which names are looked up.
    ///
    /// Of two overloads of a function with one id the later library's counts.
    public init(
        libraries: [Library] = [.standard], variables: [String: CELType] = [:], container: String = "",
        options: Options = Options()
    ) {
        var functions: [String: [Overload]] = [:], macros = MacroTable()
        var types: [String: CELType] = [:], constants: [String: Value] = [:], hasOptionals = false
        for library in libraries {
            for function in library.functions {
                for var overload in function.overloads {
                    if options.durationMillisecondsAreTotal, overload.id == "duration_to_milliseconds" {
                        overload = .totalMilliseconds
                    }
                    if let known = functions[function.name]?.firstIndex(where: { $0.id == overload.id }) {
                        functions[function.name]?[known] = overload
                    } else {
                        functions[function.name, default: []].append(overload)
                    }
                }
            }
            library.macros.forEach { macros.add($0) }
            library.types.forEach {
                types[$0.name] = $0
                constants[$0.name] = .type($0.name)
            }
            constants.merge(library.constants) { $1 }
            hasOptionals = hasOptionals || library.hasOptionalSyntax
        }
        if options.crossTypeNumericComparisons {
            for name in ["_<_", "_<=_", "_>_", "_>=_"] { functions[name]? += Overload.crossTypeComparisons(name) }
        }
        (self.functions, self.macros, self.types, self.hasOptionals) = (functions, macros, types, hasOptionals)
        self.constants = constants
        namespaces = Set(functions.keys.compactMap { name in name.lastIndex(of: ".").map { String(name[..<$0]) } })
        (self.variables, self.options, self.libraries) = (variables, options, libraries)
        self.container = Container(container)
        slots = Dictionary(
            uniqueKeysWithValues: variables.keys.sorted().enumerated().map { ($0.element, $0.offset) })
    }

    /// The same with more variables, or other types for known ones.
    public func adding(variables more: [String: CELType]) -> Environment {
        Environment(self, variables: variables.merging(more) { $1 })
    }

    private init(_ base: Environment, variables: [String: CELType]) {
        (functions, macros, types, container) = (base.functions, base.macros, base.types, base.container)
        (constants, namespaces) = (base.constants, base.namespaces)
        (hasOptionals, options, libraries) = (base.hasOptionals, base.options, base.libraries)
        self.variables = variables
        slots = Dictionary(
            uniqueKeysWithValues: variables.keys.sorted().enumerated().map { ($0.element, $0.offset) })
    }

    /// Reads an expression and expands its macros.
    ///
    /// - Throws: what is wrong at the first place that cannot be read, and when `options.limits` are exceeded.
    public func parse(_ text: String, name: String = "<input>") throws(CompileError) -> Expression {
        var parser = try Parser(
            SourceText(text, name: name), macros: macros, hasOptionals: hasOptionals, limits: options.limits)
        return try parser.parse()
    }

    /// Finds the type of every part of an expression, and which functions and variables its names mean.
    ///
    /// - Throws: all problems that are found.
    public func check(_ expression: Expression) throws(CompileError) -> CheckedExpression {
        var checker = Checker(self, expression)
        return try checker.check()
    }

    /// Makes a program of a checked expression, in the environment that checked it.
    ///
    /// - Throws: for calls that can never succeed, such as those with a pattern that is no regular expression.
    public func program(_ checked: CheckedExpression) throws(CompileError) -> Program {
        try Planner.plan(checked.expression, checked: checked, in: self)
    }

    /// Makes a program without checking: names and types are found when it runs.
    public func program(unchecked expression: Expression) throws(CompileError) -> Program {
        try Planner.plan(expression, checked: nil, in: self)
    }

    /// Reads, checks and plans an expression.
    public func compile(_ text: String, name: String = "<input>") throws(CompileError) -> Program {
        try program(check(parse(text, name: name)))
    }

    /// Reads and plans an expression without checking it.
    public func compileUnchecked(_ text: String, name: String = "<input>") throws(CompileError) -> Program {
        try program(unchecked: parse(text, name: name))
    }
}
