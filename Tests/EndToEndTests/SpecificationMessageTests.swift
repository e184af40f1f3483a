// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing

/// Each mistake that people make with specifications is told by the thing that is wrong, its place, and a way out.
@Suite("What is said of mistakes in specifications") struct SpecificationMessageTests {
    /// A mistake, and what the message must say of it besides a fix.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (String) -> String
        let says: [String]

        init(_ description: String, _ old: String, _ new: String, says: String...) {
            testDescription = description
            change = { $0.replacing(old, with: new) }
            self.says = says
        }

        init(_ description: String, all text: String, says: String...) {
            testDescription = description
            change = { _ in text }
            self.says = says
        }
    }

    private static let read = """
        - id: read
          type: CTFGetComponentVersion/v1alpha1
          spec:
            repository: {type: CommonTransportFormat/v1, filePath: ./archive}
            component: example.org/app/leaf
            version: 1.0.0

        """
    private static let specification =
        "transformations:\n" + read + """
            - id: write
              type: CTFAddComponentVersion/v1alpha1
              spec:
                repository: {type: CommonTransportFormat/v1, filePath: ./out}
                descriptor: ${read.output.descriptor}

            """

    /// What is found before anything runs.
    static let forms: [Mistake] = [
        Mistake("nothing", all: "", says: "spec.yaml", "is empty"),
        Mistake("a text", all: "hello\n", says: "spec.yaml:1:1", "string"),
        Mistake("a list", all: "- hello\n", says: "spec.yaml:1:1", "array"),
        Mistake("no YAML", all: "a: [1,\n b: }\n", says: "spec.yaml:2"),
        Mistake("a tab", "- id: read", "\t- id: read", says: "spec.yaml:2"),
        Mistake("another document", all: "kind: ConfigMap\n", says: "spec.yaml:1:1", "'transformations' is missing"),
        Mistake("a slip in the list's name", "transformations", "transfromations", says: "there is 'transfromations'"),
        Mistake("a key twice", "transformations:", "transformations: []\ntransformations:", says: "“transformations”"),
        Mistake("no list", all: "transformations: {a: 1}\n", says: "'transformations' is missing or no list"),
        Mistake(
            "another form", "transformations:", "type: transformation.ocm.component/v9\ntransformations:",
            says: "transformation.ocm.component/v9", "transformation.ocm.component/v1alpha1"),
        Mistake("an operation that is a text", all: "transformations: [read]\n", says: "spec.yaml:1:19", "not string"),
        Mistake("no kind", "  type: CTFGetComponentVersion/v1alpha1\n", "", says: "spec.yaml:2:3", "has no 'type'"),
        Mistake(
            "a slip in a kind", "CTFGetComponentVersion", "CTFGetComponentVersoin", says: "spec.yaml:3:3",
            "did you mean 'CTFGetComponentVersion/v1alpha1'?"),
        Mistake(
            "an unknown kind", "CTFGetComponentVersion", "Conjure", says: "there is no operation 'Conjure/v1alpha1'"),
        Mistake(
            "a slip in a property", "component:", "componnent:", says: "spec.yaml:6:5",
            "takes no 'componnent'; did you mean 'component'?", "needs 'component'"),
        Mistake(
            "an unknown property", "    version: 1.0.0", "    version: 1.0.0\n    colour: red",
            says: "takes no 'colour'"),
        Mistake("a missing property", "    version: 1.0.0\n", "", says: "spec.yaml:2:3", "needs 'version'"),
        Mistake("a number", "version: 1.0.0", "version: 17", says: "spec.yaml:7:5", ".version", "'int', not 'string'"),
        Mistake("a list for a text", "version: 1.0.0", "version: [a]", says: "spec.yaml:7:5", "list(string)"),
        Mistake("an id that is none", "id: read", "id: re-ad", says: "spec.yaml:2:3", "'re-ad' is no id"),
        Mistake("the id of the data", "id: read", "id: environment", says: "'environment' is no id", "data"),
        Mistake(
            "two ids equal", "id: write", "id: read", says: "'read' is given twice", "spec.yaml:8:3", "spec.yaml:2:3"),
        Mistake(
            "a circle", "component: example.org/app/leaf", "component: ${write.output.descriptor.component.name}",
            says: "read → write → read", "spec.yaml:2:3", "spec.yaml:8:3"),
        Mistake("itself", "component: example.org/app/leaf", "component: ${read.spec.version}", says: "read → read"),
        Mistake("an unknown operation", "${read.", "${raed.", says: "spec.yaml:12:5", "'raed'; did you mean 'read'?"),
        Mistake("an unknown output", "output.descriptor", "output.descriptr", says: "did you mean 'descriptor'?"),
        Mistake("an unknown member", "read.output", "read.outptu", says: "did you mean 'output'?"),
        Mistake(
            "half an expression", "read.output.descriptor", "read.output.", says: "spec.yaml:12:5",
            "the expression ends"),
        Mistake(
            "an expression that is not closed", "${read.output.descriptor}", "\"${read.output.descriptor\"",
            says: "spec.yaml:12:5", ".descriptor", "close the expression"),
        Mistake("another type", "version: 1.0.0", "version: ${1 + 2}", says: "spec.yaml:7:5", "'int', not 'string'"),
        Mistake("an unknown function", "version: 1.0.0", "version: ${frob('x')}", says: "'frob'"),
        Mistake(
            "a mapping without its component", all: "metadata: {version: v1alpha1}\nspec:\n  mappings:\n  - {}\n",
            says: "spec.yaml:4", "'component'"),
        Mistake(
            "a slip in mappings", all: "metadata: {version: v1alpha1}\nspec: {mapings: []}\n", says: "'spec.mappings'"),
    ]

    @Test("the form: by specification, explain and --transfer-spec", arguments: forms) func form(_ mistake: Mistake)
        async throws
    {
        let workshop = try Workshop()
        let text = mistake.change(Self.specification)
        try #require(text != Self.specification)
        try workshop.write("spec.yaml", text)
        for command in [["specification", "--dry-run"], ["specification"], ["explain"]] {
            let result = try await workshop.ocm(["transfer"] + command + ["spec.yaml"])
            #expect(result.status == 1 && result.output.isEmpty, "\(command): \(result.output)\(result.errors)")
            for text in mistake.says { #expect(result.errors.contains(text), "\(text): \(result.errors)") }
            // Where the mistake stands in an expression, its place is underlined, and says what to mend.
            #expect(result.errors.contains("fix: ") || result.errors.contains("^"), "\(result.errors)")
        }
        let printed = try await workshop.ocm("transfer", "--transfer-spec", "spec.yaml")
        #expect(printed.status == 1 && printed.errors.contains("spec.yaml"), "\(printed.errors)")
        #expect(printed.errors.contains("fix: "), "\(printed.errors)")
    }

    /// What is found when it runs.
    static let runs: [Mistake] = [
        Mistake("a missing component", "app/leaf", "app/laef", says: "example.org/app/laef:1.0.0", "./archive"),
        Mistake("a missing version", "version: 1.0.0", "version: 9.9.9", says: "9.9.9", "are there: 1.0.0"),
        Mistake("a name that is none", "example.org/app/leaf", "Nope!", says: "“Nope!” is not a component name"),
        Mistake("a missing archive", "./archive", "./archve", says: "there is no archive ./archve"),
        Mistake("a file that is no archive", "./archive", "./leaf.txt", says: "./leaf.txt"),
        Mistake(
            "a slip in the repository", "CommonTransportFormat", "CommonTransprotFormat", says: "CommonTransprotFormat"),
        Mistake("a repository without its place", "filePath: ./archive", "path: ./archive", says: "no “filePath”"),
        Mistake("a target that cannot be made", "./out", "/proc/nope", says: "/proc/nope"),
        Mistake(
            "a registry that does not run", "{type: CommonTransportFormat/v1, filePath: ./archive}",
            "{type: OCIRepository/v1, baseUrl: 'http://127.0.0.1:1'}", says: "127.0.0.1:1", "refused"),
        Mistake(
            "a registry that nobody knows", "{type: CommonTransportFormat/v1, filePath: ./archive}",
            "{type: OCIRepository/v1, baseUrl: registry.invalid}", says: "registry.invalid"),
    ]

    @Test("the run: each operation is named with what failed", arguments: runs) func run(_ mistake: Mistake)
        async throws
    {
        let workshop = try Workshop()
        try await workshop.build()
        // An operation of the registry's kind, where the place is one.
        var text = mistake.change(Self.specification)
        try #require(text != Self.specification)
        if text.contains("baseUrl") { text = text.replacing("CTFGet", with: "OCIGet") }
        try workshop.write("spec.yaml", text)
        let result = try await workshop.ocm("transfer", "specification", "spec.yaml", "--progress", "none")
        #expect([1, 5].contains(result.status), "\(result.errors)")
        for text in mistake.says + ["not done", "fix: "] {
            #expect(result.errors.contains(text), "\(text): \(result.errors)")
        }
        #expect(result.output.contains("failed"), "\(result.output)")
    }

    /// What is wrong with a specification that a transfer printed.
    static let records: [Mistake] = [
        Mistake("no record", "  transfer:", "  transefr:", says: "spec.yaml", "no record of a plan"),
        Mistake("a record that is none", "  transfer:\n", "  transfer: yes\n  rest:\n", says: "'source' is missing"),
        Mistake("no source", "    source: ", "    suorce: ", says: "spec.yaml", "'source' is missing"),
        Mistake("a source that is gone", "archive", "archve", says: "there is no archive archve"),
        Mistake("no versions", "    versions:", "    versoins:", says: "spec.yaml", "'versions' is missing"),
        Mistake("no targets", "    targets:", "    tragets:", says: "spec.yaml", "'targets' is missing"),
        Mistake("nothing written", "    written:", "    writen:", says: "spec.yaml", "'written' is missing"),
        Mistake(
            "another version", "version: 1.0.0\n      id", "version: 1.2.0\n      id",
            says: "transformExampleOrgAppLeaf100Upload"
        ),
        Mistake("a name that is none", "example.org/app/leaf\n      version", "Nope!\n      version", says: "“Nope!”"),
        Mistake(
            "another digest", "      digest: sha256:", "      digest: sha256:0", says: "stale",
            "example.org/app/leaf:1.0.0"),
        Mistake(
            "an operation that the record does not know", "      transformExampleOrgAppLeaf100Upload:",
            "      transformExampleOrgAppLeaf100Uplaod:", says: "transformExampleOrgAppLeaf100Upload"),
        Mistake(
            "a target that the record does not know",
            "    - repository:\n        type: CommonTransportFormat/v1\n        filePath: copy",
            "    - repository:\n        type: CommonTransportFormat/v1\n        filePath: other",
            says: "not among its targets"),
    ]

    @Test("the record of a printed specification: nothing runs", arguments: records) func record(_ mistake: Mistake)
        async throws
    {
        let workshop = try Workshop()
        try await workshop.build()
        let text = try await workshop.done(
            "transfer", "cv", "-r", "--dry-run", "-o", "yaml", "archive//\(Workshop.product)", "copy")
        let changed = mistake.change(text)
        try #require(changed != text, "\(text)")
        try workshop.write("spec.yaml", changed)
        let result = try await workshop.ocm("transfer", "--transfer-spec", "spec.yaml")
        #expect(result.status == 1, "\(result.output)\(result.errors)")
        for text in mistake.says + ["fix: "] { #expect(result.errors.contains(text), "\(text): \(result.errors)") }
        #expect(!FileSystem.exists("\(workshop.path)/copy"))
    }

    /// Words behind `ocm transfer`, how the program ends, and what it says besides a fix.
    struct Arguments: Sendable, CustomTestStringConvertible {
        let words: [String]
        let status: Int32
        let says: [String]
        var testDescription: String { words.joined(separator: " ") }

        init(_ words: String..., status: Int32, says: [String]) {
            (self.words, self.status, self.says) = (words, status, says)
        }
    }

    static let commandLines: [Arguments] = [
        Arguments("plan", status: 2, says: ["REPOSITORY//COMPONENT:VERSION is missing"]),
        Arguments("plan", "archive//\(Workshop.leaf)", status: 2, says: ["TARGET is missing"]),
        Arguments(
            "plan", "archive//example.org/app/laef:1.0.0", "out", status: 1,
            says: ["example.org/app/laef:1.0.0", "archive"]),
        Arguments(
            "plan", "archive//example.org/app/leaf:2.0.0", "out", status: 1, says: ["2.0.0", "are there: 1.0.0"]),
        Arguments("plan", "archive//Nope:1.0.0", "out", status: 2, says: ["“Nope” is not a component name"]),
        Arguments("plan", "archve//\(Workshop.leaf)", "out", status: 1, says: ["there is no archive archve"]),
        Arguments("plan", "http://127.0.0.1:1//\(Workshop.leaf)", "out", status: 1, says: ["127.0.0.1:1", "refused"]),
        Arguments(
            "plan", "archive//\(Workshop.leaf)", "http://127.0.0.1:1", status: 1, says: ["127.0.0.1:1", "refused"]),
        Arguments(
            "plan", "archive//\(Workshop.leaf)", "out", "--since", "3.0.0", status: 1, says: ["archive", "3.0.0"]),
        Arguments("plan", "archive//\(Workshop.leaf)", "out", "--have", "absent", status: 1, says: ["absent"]),
        Arguments(
            "plan", "archive//\(Workshop.leaf)", "out", "--have", "leaf.txt", status: 1,
            says: ["leaf.txt", "inventory"]),
        Arguments(
            "plan", "archive//\(Workshop.leaf)", "out", "--deltas", status: 2,
            says: ["--deltas needs --have or --since"]),
        Arguments(
            "plan", "archive//\(Workshop.leaf)", "out", "--media", "lots", status: 2,
            says: ["--media", "“lots” is no size"]),
        Arguments(
            "plan", "archive//\(Workshop.leaf)", "out", "--rate", "fast", status: 2,
            says: ["--rate", "“fast” is no rate"]),
        Arguments(
            "plan", "archive//\(Workshop.leaf)", "localhost:1", "--volume-size", "1GB", status: 1,
            says: ["localhost:1", "no volumes"]),
        Arguments(
            "plan", "archive//\(Workshop.leaf)", "out", "--verify", "release=absent", status: 1, says: ["absent"]),
        Arguments("plan", "archive//\(Workshop.leaf)", "out", "--verify", "x=public.pem", status: 3, says: ["x"]),
        Arguments("explain", status: 2, says: ["FILE is missing"]),
        Arguments("explain", "absent.yaml", status: 1, says: ["absent.yaml"]),
        Arguments("explain", ".", status: 1, says: ["cannot read .", "a file, not a folder"]),
        Arguments("specification", "absent.yaml", status: 1, says: ["absent.yaml"]),
        Arguments("specification", status: 2, says: ["FILE is missing"]),
        Arguments("--transfer-spec", "absent.yaml", status: 1, says: ["absent.yaml"]),
        Arguments("--transfer-spec", ".", status: 1, says: ["cannot read ."]),
    ]

    @Test("arguments of plan, explain and --transfer-spec", arguments: commandLines) func arguments(line: Arguments)
        async throws
    {
        let workshop = try Workshop()
        try await workshop.build()
        let result = try await workshop.ocm(["transfer"] + line.words)
        #expect(result.status == line.status, "\(result.errors)")
        for text in line.says + ["fix: "] { #expect(result.errors.contains(text), "\(text): \(result.errors)") }
    }

    @Test(
        "a registry that refuses the credentials is named, with the way to log in",
        .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)))
    func credentials() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let registry = try await RegistryServer(.basic)
        let wrong = Array("\(RegistryServer.user):wrong".utf8).base64
        try workshop.write("config.json", #"{"auths":{"\#(registry.host)":{"auth":"\#(wrong)"}}}"#)
        let source = "archive//\(Workshop.leaf)"
        try workshop.write(
            "spec.yaml",
            Self.specification.replacing(
                "{type: CommonTransportFormat/v1, filePath: ./out}",
                with: "{type: OCIRepository/v1, baseUrl: '\(registry.url)'}"
            ).replacing("CTFAdd", with: "OCIAdd"))
        try workshop.write(
            "printed.yaml",
            try await workshop.done("transfer", "cv", source, "copy", "--dry-run", "-o", "yaml").replacing(
                "type: CommonTransportFormat/v1\n        filePath: copy",
                with: "type: OCIRepository/v1\n        baseUrl: \(registry.url)"
            ).replacing(
                "type: CommonTransportFormat/v1\n      filePath: copy",
                with: "type: OCIRepository/v1\n      baseUrl: \(registry.url)"
            ).replacing("type: CTFAdd", with: "type: OCIAdd"))
        for environment in [[:], ["DOCKER_CONFIG": workshop.path]] {
            for command in [
                ["plan", source, registry.url], ["specification", "spec.yaml"], ["--transfer-spec", "printed.yaml"],
            ] {
                let result = try await workshop.ocm(["transfer"] + command, variables: environment)
                #expect(result.status != 0, "\(command)")
                for text in [registry.host, "fix: ", "ocm login"] {
                    #expect(result.errors.contains(text), "\(command) \(text): \(result.errors)")
                }
                #expect(!result.errors.contains(wrong) && !result.errors.contains(":wrong"))
            }
        }
    }
}
