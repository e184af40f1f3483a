// SPDX-License-Identifier: Apache-2.0

import Basics
import CEL
import Documents
import Testing

@Suite("Documentation")
struct DocumentationTests {
    private static let here = FileSystem.folder(of: #filePath)
    private static let catalogue = FileSystem.join(here, "../../../Sources/CEL/CEL.docc")

    private static let articles =
        (try? FileSystem.names(in: catalogue))?.filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) } ?? []

    @Test("The Swift code of each article is the code of its example", arguments: articles)
    func articleIsExample(_ article: String) throws {
        let name = article == "CEL" ? "FirstExample" : "\(article)Example"
        let text = try Self.text(FileSystem.join(Self.catalogue, "\(article).md"))
        let code = try Self.text(FileSystem.join(Self.here, "\(name).swift"))
        let blocks = text.split(separator: "```swift\n", omittingEmptySubsequences: false).dropFirst().map {
            $0.split(separator: "```\n", omittingEmptySubsequences: false)[0]
        }
        // The file begins with the line of its licence and an empty line.
        let example = code.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)[2]
        #expect(blocks == [example])
    }

    @Test("The articles are found")
    func found() { #expect(Self.articles.count >= 7) }

    private static func text(_ path: String) throws -> String {
        String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
    }
}

@Suite("Examples of the documentation")
struct DocumentationExampleTests {
    @Test("The first one")
    func first() throws {
        #expect(try greeting(for: "Ada").text == "Hello, Ada!")
    }

    @Test("Embedding: a condition on a resource")
    func embedding() throws {
        let rule = try ReadinessRule("self.status.readyReplicas >= self.spec.replicas")
        #expect(try rule.answer(for: ["spec": ["replicas": 2], "status": ["readyReplicas": 2]]) == .ready)
        #expect(try rule.answer(for: ["spec": ["replicas": 2], "status": ["readyReplicas": 1]]) == .notReady)
        #expect(try rule.answer(for: ["spec": ["replicas": 2]]) == .tooEarly("no such key: status"))
        #expect(throws: EvaluationError.self) {
            try rule.answer(for: ["spec": ["replicas": 2], "status": ["readyReplicas": "2"]])
        }
        #expect(throws: EvaluationError.self) { try ReadinessRule("'ready'") }
        #expect {
            try ReadinessRule("self.spec.replicas =< 2")
        } throws: { error in
            (error as? CompileError)?.problems.first?.location.column == 20
        }
    }

    @Test(
        "CustomFunctions: functions of a host",
        arguments: [
            ("'web-1'.isLabel()", "true"), ("'Web'.isLabel()", "false"), ("'äöü'.abbreviated(2)", "äö"),
            ("naming.count([1, 2, 1], 1)", "2"), ("naming.count(['a'], 'b')", "0"),
        ])
    func functions(_ expression: String, _ expected: String) throws {
        #expect(try evaluateWithNaming(expression).text == expected)
    }

    @Test("CustomFunctions: what the declarations refuse", arguments: ["1.isLabel()", "naming.count([1], 'a')"])
    func refusedFunctions(_ expression: String) {
        #expect(throws: CompileError.self) { try evaluateWithNaming(expression) }
    }

    @Test(
        "OwnTypes: values of a host",
        arguments: [
            ("images['web'].algorithm()", "sha256"), ("images.web == digest('sha256:ab')", "true"),
            ("images.exists(name, string(images[name]).endsWith('cd'))", "true"),
            ("type(images.web) == acme.Digest", "true"), ("has(images.other)", "false"), ("size(images)", "2"),
        ])
    func ownTypes(_ expression: String, _ expected: String) throws {
        let images = ImageIndex(["web": "sha256:ab", "db": "sha256:cd"])
        #expect(try evaluate(expression, over: images).text == expected)
    }

    @Test("Budgets: expressions of a stranger")
    func budgets() {
        var sandbox = Sandbox(steps: 10_000, bytes: 1 << 20, seconds: 60)
        #expect(sandbox.answer("[1, 2, 3].map(i, i * i)") == .value("[1, 4, 9]"))
        #expect(sandbox.answer("1 / 0") == .refused)
        #expect(sandbox.answer("1 +") == .refused)
        #expect(sandbox.answer("[" + String(repeating: "1, ", count: 2_000) + "1]") == .refused)
        let ten = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"
        let hostile = ["a", "b", "c", "d", "e"].reduce("a >= 0") { body, name in "\(ten).all(\(name), \(body))" }
        #expect(sandbox.answer(hostile) == .exhausted)
        #expect(sandbox.steps >= 10_000)
        #expect(sandbox.answer("[1, 2, 3].map(i, i)") == .exhausted)
    }

    @Test("PartialEvaluation: conditions over what is not there yet")
    func partialEvaluation() throws {
        let resource = try ConditionalResource(
            includeWhen: "schema.ha && db.status.ready", resources: ["schema", "db", "cache"])
        #expect(resource.dependencies == ["db", "schema"])
        let later = [AttributePath("db", [.field("status")])]
        #expect(try resource.decide(known: ["schema": ["ha": false], "db": [:]], later: later) == .leaveOut)
        #expect(
            try resource.decide(known: ["schema": ["ha": true], "db": [:]], later: later)
                == .waitFor(["db.status.ready"]))
        #expect(
            try resource.decide(known: ["schema": ["ha": true], "db": ["status": ["ready": true]]], later: [])
                == .create)
    }

    @Test("SchemasAndTemplates: a document that is checked before it is rendered")
    func templates() throws {
        let template = try AppTemplate([
            "name": "${app.name}-web", "replicas": "${app.replicas * 2}",
            "labels": ["until": "${string(app.expires.getFullYear())}"],
        ])
        #expect(template.references == ["app.expires", "app.name", "app.replicas"])
        let document = try template.render(["name": "shop", "replicas": 2, "expires": "2030-01-02T00:00:00Z"])
        #expect(document == ["name": "shop-web", "replicas": 4, "labels": ["until": "2030"]])
        #expect {
            try AppTemplate(["replicas": "${app.replica}", "name": "${app.replicas}", "owner": "${app.name}"])
        } throws: { error in
            (error as? TemplateError)?.problems.map(\.message) == [
                "undefined field 'owner' of Deployment",
                "undefined field 'replica' of app; did you mean 'replicas'?",
                "the value does not fit its field: it is of type 'int', not 'string'",
            ]
        }
    }
}
