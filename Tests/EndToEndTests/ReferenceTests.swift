// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@Suite("References in circles, in the depth and in great number") struct ReferenceTests {
    /// A constructor of empty components `example.org/<name>` and the names that each refers to.
    private func constructor(_ components: [(name: String, references: [String])]) -> String {
        var text = "components:\n"
        for (name, references) in components {
            text += "  - name: example.org/\(name)\n    version: 1.0.0\n    provider: {name: example.org}\n"
            if !references.isEmpty { text += "    componentReferences:\n" }
            for (number, reference) in references.enumerated() {
                text += "      - {name: ref-\(number), componentName: example.org/\(reference), version: 1.0.0}\n"
            }
        }
        return text
    }

    private func add(_ workshop: Workshop, _ components: [(name: String, references: [String])]) async throws {
        try workshop.write("constructor.yaml", constructor(components))
        try await workshop.done("add", "cv", "--create", "--file", "archive", "constructor.yaml")
    }

    private static let sign = ["sign", "cv", "--signature", "release", "--private-key", "private.pem", "--recursive"]
    private static let verify = ["verify", "cv", "--public-key", "public.pem"]

    @Test(
        "a circle over several archives' worth of adding is drawn, whoever meets it",
        arguments: [
            sign, ["get", "cv", "--recursive"], ["get", "cv", "-o", "tree"], ["get", "resources", "--recursive"],
            ["transfer", "cv", "--recursive", "TARGET"],
        ])
    func circle(command: [String]) async throws {
        let workshop = try Workshop()
        try await add(workshop, [("first", ["second"])])
        try await add(workshop, [("second", ["first"])])
        let before = try Workshop.files(in: workshop.archive)
        let version = "archive//example.org/first:1.0.0"
        let words = command.last == "TARGET" ? command.dropLast() + [version, "target"] : command + [version]
        let result = try await workshop.ocm(Array(words))
        #expect(result.status == 1, "\(result.output)\(result.errors)")
        let circle = "example.org/first:1.0.0 → example.org/second:1.0.0 → example.org/first:1.0.0"
        #expect(result.errors.contains(circle) && result.errors.contains("fix: "), "\(result.errors)")
        #expect(try Workshop.files(in: workshop.archive) == before)
        #expect(!FileSystem.exists("\(workshop.path)/target"))
    }

    @Test("a version that is reached in a million ways is signed, verified, shown and carried once")
    func diamonds() async throws {
        let workshop = try Workshop()
        let levels = 20
        try await add(
            workshop,
            (0...levels).map { level in
                ("level-\(level)", level == 0 ? [] : Array(repeating: "level-\(level - 1)", count: 2))
            })
        let version = "archive//example.org/level-\(levels):1.0.0"
        try await workshop.done(Self.sign + [version])
        let verdict = try await workshop.ocm(Self.verify + [version])
        #expect(verdict.status == 0 && verdict.output.contains("\(levels + 1) component versions"), "\(verdict.errors)")
        let listed = try await workshop.done("get", "cv", "--recursive", version)
        #expect(listed.split(separator: "\n").count == levels + 2, "\(listed)")
        let drawn = try await workshop.done("get", "cv", "-o", "tree", version)
        #expect(drawn.split(separator: "\n").count == 2 * levels + 1, "\(drawn)")
        #expect(drawn.contains("ref-1: example.org/level-18:1.0.0 (see above)"), "\(drawn)")
        let carried = try await workshop.ocm(
            "transfer", "cv", "--recursive", "--verify", "release=public.pem", version, "target")
        #expect(carried.status == 0, "\(carried.errors)")
    }

    @Test("references nested without measure are refused, and nothing is signed with them") func depth() async throws {
        let workshop = try Workshop()
        try await add(workshop, (0...70).map { level in ("level-\(level)", level == 0 ? [] : ["level-\(level - 1)"]) })
        let version = "archive//example.org/level-70:1.0.0"
        for command in [
            Self.sign + [version], ["get", "cv", "-r", version], ["transfer", "cv", "-r", version, "target"],
        ] {
            let result = try await workshop.ocm(command)
            #expect(result.status == 1, "\(result.output)\(result.errors)")
            #expect(result.errors.contains("64 deep") && result.errors.contains("fix: "), "\(result.errors)")
        }
        #expect(!FileSystem.exists("\(workshop.path)/target"))
    }

    @Test("a list of everything with what it refers to has each version once") func once() async throws {
        let workshop = try Workshop()
        try await add(workshop, [("child", []), ("parent", ["child"])])
        let listed = try await workshop.done("get", "cv", "--recursive", "archive")
        #expect(listed.split(separator: "\n").count == 3, "\(listed)")
    }
}
