// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import CEL
internal import CELLibraries
internal import CELWorkbench
public import CommandLineKit
internal import Documents

/// `ocm cel render FILE`
struct CELRender: Command {
    static let configuration = CommandConfiguration(
        "render", abstract: "Fill in the expressions that stand in the strings of a document",
        discussion: """
            In the dialects kro and ocmTransform an expression stands in ${…}: alone in its string it keeps its type, \
            between text it becomes text. In the dialect bare every string is an expression, as in \
            additionalStatusFields. The profile chooses the dialect unless --dialect does.

            With --references nothing is filled in: it lists what each expression reads, the edges of a graph of \
            resources.
            """,
        examples: [
            "ocm cel render deployment.yaml --profile kro --var 'schema={spec: {name: web}}'",
            "ocm cel render template.yaml --profile kro --schema schema=crd.yaml --references",
            "ocm cel render status.yaml --profile ocmResource --input resource.yaml --as resource",
        ])

    @Argument(help: "a YAML or JSON file, - for standard input", valueName: "FILE", completion: .file)
    var file: String
    @OptionGroup var inputs: SessionOptions
    @Option(help: "kro, ocmTransform or bare; by default what the profile's host writes", valueName: "DIALECT")
    var dialect: TemplateDialect?
    @Flag(help: "list the variables and fields that each expression reads") var references = false
    @Flag(help: "do not check types before the expressions run") var unchecked = false
    @Option(short: "o", help: "yaml, json or ndjson") var output = OutputFormat.yaml

    mutating func validate() throws {
        try inputs.validate()
        if file == "-", inputs.input == "-" { throw UsageError("FILE and --input cannot both be standard input") }
    }

    func run(in context: OCMContext) async throws {
        let session = try inputs.session()
        let source = file == "-" ? "standard input" : file
        let documents = try YAML.documents(VariableNotation.contents(file), source: source)
        var results: [JSON] = []
        for document in documents { results.append(try Self.result(of: document, self, session)) }
        if output == .yaml || output.isForPeople {
            context.present(.null, as: .text) { results.map { YAML.text($0) }.joined(separator: "---\n") }
        } else {
            context.present(results.count == 1 ? results[0] : .array(results), as: output) { "" }
        }
    }

    /// What becomes of one document.
    private static func result(
        of document: LocatedDocument, _ command: CELRender, _ session: Session
    ) throws(Fault) -> JSON {
        let environment = session.environment(isExact: !command.unchecked)
        do throws(TemplateError) {
            let tree = try TemplateTree(
                document, dialect: command.dialect ?? .used(by: session.profile.name), environment: environment)
            guard !command.references else { return tree.readings }
            let compiled =
                command.unchecked ? try tree.compileUnchecked(in: environment) : try tree.compile(in: environment)
            return try compiled.render(Variables(session.values), limits: session.limits)
        } catch {
            throw error.fault
        }
    }
}

extension TemplateTree {
    /// Each string with expressions and what it reads.
    fileprivate var readings: JSON {
        .array(
            leaves.map { leaf in
                [
                    "path": .string(leaf.pointer.description),
                    "reads": .array(leaf.references.sorted().map { .string($0.description) }),
                ]
            })
    }
}

extension TemplateDialect: ArgumentValue {
    /// The dialect of the host that a profile is named after.
    fileprivate static func used(by profile: String) -> TemplateDialect {
        switch profile {
        case "ocmTransform": .ocmTransform
        case "ocmResource": .bare
        default: .kro
        }
    }
}
