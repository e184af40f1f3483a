// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

/// A constructor that must be refused.
struct BadConstructor: CustomTestStringConvertible {
    let testDescription: String
    var text: String
    /// What the error must say.
    let says: [String]

    init(_ name: String, _ text: String, says: String...) {
        (testDescription, self.text, self.says) = (name, text, says)
    }

    private static let head =
        "components:\n  - name: example.org/bad\n    version: 1.0.0\n    provider: {name: example.org}\n"

    /// A constructor with one resource of this input.
    static func input(_ name: String, _ input: String, says: String...) -> BadConstructor {
        BadConstructor(name, head + "    resources:\n      - {name: thing, type: blob, input: \(input)}\n", all: says)
    }

    private init(_ name: String, _ text: String, all says: [String]) {
        (testDescription, self.text, self.says) = (name, text, says)
    }

    static let all: [BadConstructor] = [
        BadConstructor("no YAML", "components:\n  - name: [\n", says: "bad.yaml:3:"),
        BadConstructor("a tab in the indentation", "components:\n\t- name: a\n", says: "bad.yaml:2:1"),
        BadConstructor("nothing at all", "", says: "bad.yaml"),
        BadConstructor("an alias bomb", aliasBomb, says: "bad.yaml"),
        BadConstructor("an unknown field", head + "    resorces: []\n", says: "resorces", "bad.yaml:5:"),
        BadConstructor("a duplicate key", head + "    version: 1.0.1\n", says: "version", "bad.yaml:5:"),
        BadConstructor(
            "a duplicate key in JSON", #"{"components": [], "components": []}"#, says: "components", "bad.yaml:1:"),
        BadConstructor(
            "a bad component name", head.replacing("example.org/bad", with: "Bad Name"), says: "Bad Name"),
        BadConstructor("a bad version", head.replacing("1.0.0", with: "one.two"), says: "one.two"),
        BadConstructor(
            "a duplicate identity",
            head + """
                    resources:
                      - {name: twin, type: blob, input: {type: utf8, text: a}}
                      - {name: twin, type: blob, input: {type: utf8, text: b}}

                """, says: "twin"),
        BadConstructor(
            "references in a circle",
            """
            components:
              - name: example.org/a
                version: 1.0.0
                provider: {name: example.org}
                componentReferences: [{name: second, componentName: example.org/b, version: 1.0.0}]
              - name: example.org/b
                version: 1.0.0
                provider: {name: example.org}
                componentReferences: [{name: first, componentName: example.org/a, version: 1.0.0}]

            """, says: "example.org/a:1.0.0 → example.org/b:1.0.0 → example.org/a:1.0.0"),
        BadConstructor("a variable without a value", head.replacing("1.0.0", with: "\"${NOPE}\""), says: "NOPE"),
        input("a missing file", "{type: file, path: ./absent.txt}", says: "absent.txt"),
        input("a URL that is no web page", "{type: wget, url: \"file:///etc/passwd\"}", says: "thing", "file:///"),
        input(
            "a URL with a password", "{type: wget, url: \"http://me:secret@localhost:1/\"}", says: "thing", "user name"),
        input("text and JSON at once", "{type: utf8, text: a, json: {}}", says: "thing", "text, json"),
        input("what is no Base64", "{type: binary, data: \"***\"}", says: "thing", "Base64"),
        input("an input type nobody knows", "{type: magic}", says: "magic", "utf8", "ociArtifact"),
        input("a path that leads out", "{type: file, path: ../outside}", says: "outside", "--input-root"),
        input("an absolute path", "{type: file, path: /etc/hostname}", says: "/etc/hostname", "--input-root"),
        input("a link that leads out", "{type: file, path: ./link}", says: "link", "--input-root"),
        input("a folder that is a file", "{type: dir, path: ./leaf.txt}", says: "leaf.txt"),
        input("an image that is none", "{type: ociImage, path: ./leaf.txt}", says: "leaf.txt"),
        input("a chart that is none", "{type: helm, path: ./leaf.txt}", says: "leaf.txt"),
        BadConstructor(
            "an access type nobody knows",
            head + "    resources:\n      - {name: thing, type: blob, version: 1.0.0, access: {type: magic}}\n",
            says: "magic", "ociArtifact"),
    ]

    private static let aliasBomb: String = {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let alias = "*a\(level - 1)"
            text += "a\(level): &a\(level) [\(Array(repeating: alias, count: 9).joined(separator: ", "))]\n"
        }
        return text
    }()
}

@Suite("Constructors that are wrong") struct BadConstructorTests {
    @Test("are refused with a reason and a fix, and the archive stays as it was", arguments: BadConstructor.all)
    func refused(bad: BadConstructor) async throws {
        let workshop = try Workshop()
        try await workshop.done("add", "cv", "--create", "--file", workshop.archive, "constructor.yaml")
        let before = try Workshop.files(in: workshop.archive)
        try workshop.write("bad.yaml", bad.text)
        _ = try await ChildProcess.run(["ln", "-s", "/etc/hostname", "\(workshop.path)/link"])

        let result = try await workshop.ocm("add", "cv", "--file", workshop.archive, "bad.yaml")
        #expect(result.status == 1, "\(result.output)\(result.errors)")
        #expect(result.errors.contains("Error: ") && result.errors.contains("fix: "), "\(result.errors)")
        for word in bad.says { #expect(result.errors.contains(word), "\(result.errors)") }
        #expect(!result.errors.contains("secret"))
        #expect(try Workshop.files(in: workshop.archive) == before)

        let created = try await workshop.ocm("add", "cv", "--create", "--file", "\(workshop.path)/new", "bad.yaml")
        #expect(created.status == 1)
        #expect(!FileSystem.exists("\(workshop.path)/new"), "nothing is left of an archive that could not be made")
    }

    @Test(
        "a packed chart with names that lead out, links or more than a chart can have is refused",
        arguments: [
            ("touch evil; tar -czPf chart.tgz --transform 's,^evil,../../evil,' demo evil", ".."),
            ("touch evil; tar -czPf chart.tgz --transform 's,^evil,/evil,' demo evil", "/evil"),
            ("ln -s /etc/passwd demo/link; tar -czf chart.tgz demo", "link"),
            ("mkfifo demo/pipe; tar -czf chart.tgz demo", "pipe"),
            ("truncate -s 200M demo/zeros; tar -czf chart.tgz demo", "chart.tgz"),
            ("truncate -s 2M demo/Chart.yaml; tar -czf chart.tgz demo", "Chart.yaml"),
            ("tar -czf chart.tgz demo/values.yaml", "Chart.yaml"),
        ])
    func chart(packing: String, word: String) async throws {
        let workshop = try Workshop()
        try FileSystem.makeFolder("\(workshop.path)/demo")
        try workshop.write("demo/Chart.yaml", "apiVersion: v2\nname: demo\nversion: 1.2.3\n")
        try workshop.write("demo/values.yaml", "a: 1\n")
        let packed = try await ChildProcess.run(["sh", "-c", packing], workingFolder: workshop.path)
        try #require(packed.status == 0, "\(packed.errors)")
        try workshop.write(
            "bad.yaml", BadConstructor.input("a chart", "{type: helm, path: ./chart.tgz}").text)
        let result = try await workshop.ocm("add", "cv", "--create", "--file", "new", "bad.yaml")
        #expect(result.status == 1 && result.errors.contains(word), "\(result.output)\(result.errors)")
        #expect(result.errors.contains("fix: ") && result.errors.contains("“thing”"), "\(result.errors)")
        #expect(!FileSystem.exists("\(workshop.path)/new"))
    }

    @Test(
        "nothing of several components is added when one of them is wrong, also one that others do not need",
        arguments: ["directory", "tar"])
    func oneOfSeveral(format: String) async throws {
        let workshop = try Workshop()
        try FileSystem.removeFile("\(workshop.path)/leaf.txt")
        let wrongFirst = try await workshop.ocm(
            "add", "cv", "--create", "--type", format, "--file", "new", "constructor.yaml")
        #expect(wrongFirst.status == 1 && wrongFirst.errors.contains("leaf.txt"), "\(wrongFirst.errors)")
        #expect(!FileSystem.exists("\(workshop.path)/new/artifact-index.json"))
        try workshop.write("leaf.txt", "the leaf's text\n")
        try workshop.write(
            "constructor.yaml",
            Workshop.constructor(version: "1.0.0").replacing(
                "input: {type: utf8, text: \"the note\"}", with: "input: {type: file, path: ./absent.txt}"))
        let wrongLast = try await workshop.ocm(
            "add", "cv", "--create", "--type", format, "--file", "new", "constructor.yaml")
        #expect(wrongLast.status == 1 && wrongLast.errors.contains("absent.txt"), "\(wrongLast.errors)")
        let listed = try await workshop.ocm("get", "cv", "new")
        #expect(listed.status == 1 && !listed.output.contains("1.0.0"), "\(listed.output)")
    }

    @Test("a conflict in one of several components is found before any is added") func conflict() async throws {
        let workshop = try Workshop()
        try await workshop.done("add", "cv", "--create", "--file", "archive", "constructor.yaml")
        let before = try Workshop.files(in: workshop.archive).filter { !$0.key.hasPrefix("blobs/") }
        try workshop.write(
            "constructor.yaml",
            Workshop.constructor(version: "1.0.0")
                .replacing("example.org/app/leaf\n    version: 1.0.0", with: "example.org/app/leaf\n    version: 1.1.0")
                .replacing("the note", with: "another note"))
        let result = try await workshop.ocm("add", "cv", "--file", "archive", "constructor.yaml")
        #expect(result.status == 1 && result.errors.contains("other content"), "\(result.errors)")
        #expect(try Workshop.files(in: workshop.archive).filter { !$0.key.hasPrefix("blobs/") } == before)
    }

    @Test("a constructor that is not there is named") func missing() async throws {
        let workshop = try Workshop()
        let result = try await workshop.ocm("add", "cv", "--create", "--file", workshop.archive, "absent.yaml")
        #expect(result.status == 1 && result.errors.contains("absent.yaml") && result.errors.contains("fix: "))
        #expect(!FileSystem.exists(workshop.archive))
    }

    @Test("an archive that is not there is not made without --create") func noArchive() async throws {
        let workshop = try Workshop()
        let result = try await workshop.ocm("add", "cv", "--file", workshop.archive, "constructor.yaml")
        #expect(result.status == 1 && result.errors.contains("--create"), "\(result.errors)")
        #expect(!FileSystem.exists(workshop.archive))
    }
}
