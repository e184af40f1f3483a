// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import CommandLineKit
internal import ComponentModel
internal import Documents
internal import Repositories

/// `ocm add component-version [CONSTRUCTOR…]`
struct AddComponentVersion: Command {
    static let configuration = CommandConfiguration(
        "component-version", aliases: componentVersionAliases,
        abstract: "Build component versions from a constructor and add them to a repository",
        discussion: """
            A constructor may use ${NAME}: values come from NAME=VALUE arguments, from --settings files and, with \
            --addenv, from the environment, the first of these that has the name.
            """,
        examples: [
            "ocm add cv --create --file transport-archive --settings settings.yaml component-constructor.yaml",
            "ocm add cv --repository ghcr.io/acme/components --constructor component-constructor.yaml",
        ])

    @Argument(
        help: "constructor files, and NAME=VALUE for substitution", valueName: "CONSTRUCTOR|NAME=VALUE",
        completion: .file)
    var arguments: [String] = []
    @Option(short: "F", help: "the archive to add to", valueName: "ARCHIVE", completion: .file) var file: String?
    @Option(short: "r", help: "the repository to add to", valueName: "REPOSITORY") var repository: RepositoryLocator?
    @Option(short: "c", help: "a constructor file", valueName: "FILE", completion: .file) var constructor: [String] = []
    @Option(
        short: "s", help: "YAML file with values for substitution; repeatable", valueName: "FILE", completion: .file)
    var settings: [String] = []
    @Flag(help: "substitute from the environment too") var addenv = false
    @Option(help: "how constructors are filled in: subst or none") var templater = Templater.subst
    @Flag(help: "make the archive when it does not exist") var create = false
    @Option(short: "t", help: "the format of a new archive: directory, tar or tgz") var type: ArchiveFormat?
    @Option(help: "what to do with a version that is there: abort-and-fail, skip or replace")
    var componentVersionConflictPolicy = ComponentAdder.ExistingVersion.fail
    @Flag(short: "R", help: "replace versions that are there") var replace = false
    @Flag(short: "f", help: "the same as --replace") var force = false
    @Flag(short: "V", help: "carry contents that are named by an access into the repository") var copyResources = false
    @Flag(help: "leave resources named by an access without a digest") var skipDigestGeneration = false
    @Flag(help: "leave references without a digest") var skipReferenceDigestProcessing = false
    @Option(help: "another repository to look up referenced versions; repeatable") var lookup: [RepositoryLocator] = []
    @Option(
        help: "the folder that inputs may not leave; default: the constructor's", valueName: "DIR", completion: .folder)
    var inputRoot: String?
    @Option(short: "j", help: "how many contents are read at once") var concurrencyLimit = 2
    @Option(short: "o", help: "table, json, yaml or ndjson") var output = OutputFormat.table

    mutating func validate() throws {
        if file != nil && repository != nil {
            throw UsageError("--file and --repository both name where to add to; give one of them")
        }
        guard (1...64).contains(concurrencyLimit) else { throw UsageError("--concurrency-limit must be 1 to 64") }
    }

    func run(in context: OCMContext) async throws {
        let locator =
            try repository
            ?? RepositoryLocator(
                .archive(path: file ?? "transport-archive", format: nil), description: file ?? "transport-archive")
        var inputs: [(component: ConstructorComponent, inputs: InputMethods)] = []
        for path in try constructorPaths() {
            let files = try InputFiles(base: FileSystem.folder(of: path), root: inputRoot)
            let methods = InputMethods(context.connections, files: files)
            for component in try ComponentConstructor(
                parsing: FileSystem.read(path, limit: 16 << 20), source: path, values: values(context.environment)
            ).components {
                inputs.append((component, methods))
            }
        }
        let mode = create || file == nil ? RepositoryMode.create(type) : RepositoryMode.write
        let target = try await context.connections.open(locator, mode)
        var lookups: [any ComponentVersionRepository] = []
        for locator in lookup { lookups.append(try await context.connections.open(locator, .read)) }
        var options = ComponentAdder.Options()
        options.existing = replace || force ? .replace : componentVersionConflictPolicy
        options.copiesResources = copyResources
        options.skipsDigests = skipDigestGeneration
        options.skipsReferenceDigests = skipReferenceDigestProcessing
        options.concurrency = concurrencyLimit
        options.temporaryFolder = context.globals.tempFolder
        let (components, others, finalOptions) = (inputs, lookups, options)
        let outcomes = try await context.withProgress { observer in
            try await ComponentAdder(
                target: target, lookup: others, resolver: context.resolver, access: context.access,
                options: finalOptions, observer: observer
            ).add(components)
        }
        let json = JSON.array(
            outcomes.map { outcome in
                [
                    "component": .string(outcome.identity.name.text), "version": .string(outcome.identity.version.text),
                    "provider": .string(outcome.provider), "action": .string(outcome.action),
                ]
            })
        context.present(json, as: output) {
            var table = Table(columns: ["COMPONENT", "VERSION", "PROVIDER", "ACTION"])
            for outcome in outcomes {
                table.add([outcome.identity.name.text, outcome.identity.version.text, outcome.provider, outcome.action])
            }
            return table.text()
        }
    }

    private func constructorPaths() throws -> [String] {
        let named = constructor + arguments.filter { !isAssignment($0) }
        if named.isEmpty {
            let usual = ["component-constructor.yaml", "component-constructor.yml"]
            guard let found = usual.first(where: FileSystem.exists) else {
                throw Fault(.notFound, "there is no component-constructor.yaml here", fix: "name a constructor file")
            }
            return [found]
        }
        return try named.map { path in
            guard FileSystem.isFolder(path) else { return path }
            let inside = ["component-constructor.yaml", "component-constructor.yml"].map { FileSystem.join(path, $0) }
            guard let found = inside.first(where: FileSystem.exists) else {
                throw Fault(
                    .notFound, "the folder \(path) holds no component-constructor.yaml", fix: "name the file itself")
            }
            return found
        }
    }

    /// `NAME=VALUE`; a file of that very name is a file.
    private func isAssignment(_ text: String) -> Bool {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex, !FileSystem.exists(text) else {
            return false
        }
        return text[..<equals].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    }

    private func values(_ environment: Environment) throws -> SubstitutionValues {
        var values = SubstitutionValues()
        values.templater = templater
        // Environment variables are substituted by the newer tool always, by the older one on request.
        if addenv || (repository != nil && settings.isEmpty) { values.environment = environment.variables }
        for path in settings {
            try values.addSettings(FileSystem.read(path, limit: 4 << 20), source: path)
        }
        for argument in arguments where isAssignment(argument) {
            guard let equals = argument.firstIndex(of: "=") else { continue }
            values.arguments[String(argument[..<equals])] = String(argument[argument.index(after: equals)...])
        }
        return values
    }
}

/// The other names of `component-version`.
let componentVersionAliases = [
    "cv", "component-versions", "cvs", "componentversion", "componentversions", "component", "components", "comp",
    "comps", "c",
]

extension Templater: ArgumentValue {}
extension ArchiveFormat: ArgumentValue {
    init(argument: String) throws { try self.init(named: argument) }
}
extension ComponentAdder.ExistingVersion: ArgumentValue {}
