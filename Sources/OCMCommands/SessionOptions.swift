// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import CEL
public import CELLibraries
public import CELWorkbench
public import CommandLineKit

/// Where the text of an expression comes from.
struct ExpressionSource: ParsableOptions {
    @Argument(help: "the expression", valueName: "EXPR") var expression: String?
    @Option(help: "read the expression from a file; - is standard input", valueName: "FILE", completion: .file)
    var file: String?

    init() {}

    /// The text, and what errors call it.
    func read() throws(Fault) -> (text: String, name: String) {
        guard let file else { return (expression ?? "", "<input>") }
        guard let text = String(validating: try VariableNotation.contents(file), as: UTF8.self) else {
            throw Fault(.invalid, "\(file) is not UTF-8")
        }
        return (text, file)
    }
}

/// Profile and variables of an expression.
struct SessionOptions: ParsableOptions {
    @Option(
        name: "var", help: "a variable as YAML or JSON, else as text; NAME=@FILE reads a document; repeatable",
        valueName: "NAME=VALUE")
    var variables: [VariableNotation] = []
    @Option(
        help: "a YAML or JSON document whose members become variables; - is standard input", valueName: "FILE",
        completion: .file)
    var input: String?
    @Option(name: "as", help: "make all of the input one variable with this name", valueName: "NAME")
    var inputName: String?
    @Option(
        name: "declare", help: "the type of a variable: int, list(string), map(string, dyn), …; repeatable",
        valueName: "NAME=TYPE")
    var declarations: [TypeDeclaration] = []
    @Option(
        name: "schema", help: "the type of a variable as a JSON schema, a part of one (FILE#/…), or a CRD; repeatable",
        valueName: "NAME=FILE", completion: .file)
    var schemas: [SchemaDeclaration] = []
    @Option(help: "whose expression it is; see `ocm cel profiles`") var profile = Profile.standard

    init() {}

    func validate(with source: ExpressionSource) throws {
        try validate()
        guard (source.expression == nil) != (source.file == nil) else {
            throw UsageError(
                source.file == nil ? "the expression is missing" : "EXPR and --file both give an expression",
                fix: "write it in quotes, or read it with --file FILE")
        }
        if input == "-", source.file == "-" { throw UsageError("--input and --file cannot both be standard input") }
    }

    func validate() throws {
        if inputName != nil, input == nil { throw UsageError("--as names the --input, which is missing") }
    }

    /// The session that these options describe.
    func session() throws(Fault) -> Session {
        var session = Session(profile)
        for schema in schemas {
            try session.declare(schema.name, as: CELType(schemaFile: schema.file, named: schema.name))
        }
        for declaration in declarations { try session.declare(declaration.name, as: declaration.type) }
        if let input {
            let document = try VariableNotation.document(input)
            if let inputName {
                try session.set(inputName, toDocument: document)
            } else {
                try session.setMembers(of: document, source: input == "-" ? "standard input" : input)
            }
        }
        for variable in variables { try session.set(variable.name, toDocument: variable.value()) }
        return session
    }
}

/// `NAME=FILE`: a schema for a variable.
struct SchemaDeclaration: ArgumentValue {
    let name: String
    let file: String

    init(argument: String) throws {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else {
            throw Fault(.invalid, "“\(argument)” is not of the form NAME=FILE", fix: "write schema=instance-crd.yaml")
        }
        (name, file) = (String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
    }
    static var allCompletions: [String] { [] }
    static var defaultValueName: String { "NAME=FILE" }
    var argumentText: String { "\(name)=\(file)" }
}

/// `NAME=TYPE`.
struct TypeDeclaration: ArgumentValue {
    let name: String
    let type: CELType

    init(argument: String) throws {
        let parts = argument.split(separator: "=", maxSplits: 1).map { String($0).trimmed }
        guard parts.count == 2, !parts[0].isEmpty else {
            throw Fault(.invalid, "“\(argument)” is not of the form NAME=TYPE", fix: "write names=list(string)")
        }
        (name, type) = (parts[0], try CELType(notation: parts[1]))
    }
    static var allCompletions: [String] { [] }
    static var defaultValueName: String { "NAME=TYPE" }
    var argumentText: String { "\(name)=\(type)" }
}

extension VariableNotation: ArgumentValue {
    /// Reads `NAME=VALUE`.
    public init(argument: String) throws { try self.init(argument) }
    /// How help shows it.
    public static var defaultValueName: String { "NAME=VALUE" }
    /// As it was given.
    public var argumentText: String { "\(name)=\(text)" }
}

extension AttributePath: ArgumentValue {
    /// Reads a path.
    public init(argument: String) throws { try self.init(notation: argument) }
    /// How help shows it.
    public static var defaultValueName: String { "PATH" }
    /// As an expression spells it.
    public var argumentText: String { description }
}

extension Profile: ArgumentValue {
    /// Finds the profile with this name.
    public init(argument: String) throws { self = try Profile.named(argument) }
    /// All names.
    public static var allCompletions: [String] { all.map(\.name) }
    /// How help shows it.
    public static var defaultValueName: String { "NAME" }
    /// The name.
    public var argumentText: String { name }
}
