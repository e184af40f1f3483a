// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Documents
import Testing

@Suite("Component constructors") struct ConstructorTests {
    private func read(_ text: String, _ values: SubstitutionValues = SubstitutionValues()) throws(Fault)
        -> [ConstructorComponent]
    {
        try ComponentConstructor(parsing: Array(text.utf8), source: "c.yaml", values: values).components
    }

    private static let head = "components:\n- name: acme.org/x\n  version: 1.0.0\n  provider: {name: acme.org}\n"

    @Test(
        "every form gives the same component",
        arguments: [
            head, "name: acme.org/x\nversion: 1.0.0\nprovider: {name: acme.org}\n",
            "name: acme.org/x\nversion: 1.0.0\nprovider: acme.org\n",
            "---\n# only a comment\n---\nname: acme.org/x\nversion: \"1.0.0\"\nprovider: {name: acme.org}\nmeta: {configuredSchemaVersion: v2}\n",
            #"{"components":[{"name":"acme.org/x","version":"1.0.0","provider":{"name":"acme.org"}}]}"#,
        ])
    func forms(text: String) throws {
        let components = try read(text)
        #expect(
            components.map(\.identity.description) == ["acme.org/x:1.0.0"] && components[0].provider.name == "acme.org")
        #expect(components[0].descriptor().json["component"]?["provider"] == "acme.org")
    }

    @Test("several documents give several components, each once") func documents() throws {
        let second = "name: acme.org/y\nversion: 1.0.0\nprovider: p\n"
        #expect(try read(Self.head + "---\n" + second).map(\.identity.name.text) == ["acme.org/x", "acme.org/y"])
        let fault = failure { _ = try read(Self.head + "---\n" + second.replacing("/y", with: "/x")) }
        #expect(fault?.message == "c.yaml:6:1: the document is acme.org/x:1.0.0, as is the one at c.yaml:2:3")
    }

    @Test("elements get their defaults, and keep what is given") func elements() throws {
        let component = try read(
            Self.head + """
                  creationTime: "2026-01-02T03:04:05Z"
                  labels: [{name: l, value: {a: 1}, signing: true, version: v1}]
                  resources:
                  - {name: in, type: blob, input: {type: file, path: ./x, odd: 1}}
                  - {name: out, type: ociImage, version: 2.0.0, access: {type: ociArtifact, imageReference: a/b:1}}
                  - {name: same, type: blob, relation: local, version: <componentversion>, access: {type: none}, options: {skipDigestGeneration: true, ownershipPolicy: Always}}
                  - {name: pinned, type: blob, version: 1.0.0, extraIdentity: {os: linux, os.version: "1"}, access: {type: wget}, srcRefs: [{identitySelector: {name: src}}],
                     digest: {hashAlgorithm: SHA-256, normalisationAlgorithm: genericBlobDigest/v1, value: 810ff2fb242a5dee4220f2cb0e6a519891fb67f2f828a6cab4ef8894633b1f50}}
                  sources:
                  - {name: src, type: git, access: {type: gitHub}}
                  componentReferences:
                  - {name: db, componentName: acme.org/db, version: 3.0.0, labels: [{name: l, value: v}]}

                """)[0]
        let elements = component.elements
        #expect(elements.map(\.name) == ["in", "out", "same", "pinned", "src"])
        #expect(elements.map(\.version) == ["1.0.0", "2.0.0", "1.0.0", "1.0.0", "1.0.0"])
        #expect(elements.map(\.kind) == [.resource, .resource, .resource, .resource, .source])
        let access = try TypedSpecification(["type": "none"])
        let resources = try elements.prefix(4).map { try $0.resource(access: access) }
        #expect(resources[0].json.object?.keys == ["name", "version", "type", "relation", "access"])
        #expect(resources.map(\.relation) == [.local, .external, .local, .external])
        #expect(
            elements.map(\.skipsDigest) == [false, false, true, false, false] && elements[2].ownershipPolicy == "Always"
        )
        #expect(elements[3].digest != nil && resources[3].digest == elements[3].digest)
        #expect(
            resources[3].identity.attributes["os.version"] == "1"
                && resources[3].sourceReferences[0].identitySelector == ["name": "src"])
        guard case .input(let input) = elements[0].content else { Issue.record("no input"); return }
        #expect(input.type.name == "file" && input.json["odd"] == 1)
        #expect(try component.references()[0].target.description == "acme.org/db:3.0.0")
        #expect(component.creationTime?.description == "2026-01-02T03:04:05Z")
        var descriptor = component.descriptor()
        descriptor.resources = resources
        descriptor.references = try component.references()
        #expect(try ComponentDescriptor(parsing: descriptor.encoded(), source: "d") == descriptor)
        #expect(descriptor.labels["l"]?.isSigned == true)
    }

    @Test("both spellings of references, and not both at once", arguments: ["references", "componentReferences"])
    func references(key: String) throws {
        let list = "  \(key): [{name: db, componentName: acme.org/db, version: 1.0.0}]\n"
        #expect(try read(Self.head + list)[0].references().map(\.name) == ["db"])
        let other = key == "references" ? "componentReferences" : "references"
        let fault = failure {
            _ = try read(Self.head + list + "  \(other): [{name: db, componentName: acme.org/db, version: 1.0.0}]\n")
        }
        #expect(fault?.message.contains("components[0].references stands beside “componentReferences”") == true)
    }

    @Test(
        "errors name file, line, column and path",
        arguments: [
            (
                "  resorces: []\n", "c.yaml:5:3: components[0].resorces is no field of a component",
                "did you mean “resources”?"
            ),
            (
                "  signatures: ...\n", "c.yaml:5:3: components[0].signatures cannot be given",
                "remove it, and sign after adding"
            ),
            ("  signatures:\n  - name: x\n", "c.yaml:5:3: components[0].signatures cannot be given", "remove it"),
            (
                "  resources:\n  - name: aa\n    type: blob\n    inptu: {type: file}\n",
                "c.yaml:8:5: components[0].resources[0].inptu is no field of a resource", "did you mean “input”?"
            ),
            (
                "  resources:\n  - name: aa\n    type: blob\n",
                "c.yaml:6:5: components[0].resources[0] has neither “input” nor “access”", "add one of them"
            ),
            (
                "  resources:\n  - {name: aa, type: b, input: {type: file}, access: {type: none}}\n",
                "c.yaml:6:25: components[0].resources[0].input stands beside “access”", "remove one"
            ),
            (
                "  resources:\n  - {name: aa, type: b, input: {path: x}}\n",
                "components[0].resources[0].input is wrong: a specification has no “type”", "add “type”"
            ),
            (
                "  resources:\n  - {name: A, type: b, input: {type: file}}\n",
                "c.yaml:6:6: components[0].resources[0].name is wrong: “A” is not a name", "use at least two"
            ),
            (
                "  resources:\n  - {name: aa, type: b, version: 1.0, input: {type: file}}\n",
                "components[0].resources[0].version is a number, not a string", "write it in quotes: \"1.0\""
            ),
            (
                "  resources:\n  - {name: aa, type: b, access: {type: none}}\n",
                "components[0].resources[0] has no “version”", "add the version"
            ),
            (
                "  resources:\n  - {name: aa, type: b, relation: inner, input: {type: file}}\n",
                "relation is neither local nor external", "write local"
            ),
            (
                "  resources:\n  - {name: aa, type: b, copyPolicy: byValue, input: {type: file}}\n",
                "copyPolicy is no longer a field", "remove it"
            ),
            (
                "  resources:\n  - {name: aa, type: b, input: {type: file}}\n  - {name: aa, type: c, input: {type: file}}\n",
                "c.yaml:7:5: components[0].resources[1] has the identity name=aa,version=1.0.0, as has the one at c.yaml:6:5",
                "give one"
            ),
            (
                "  references: [{name: aa, componentName: acme.org/y}]\n",
                "components[0].references[0] has no “version”", "add"
            ),
            (
                "  references: [{name: aa, componentName: Why, version: 1.0.0}]\n",
                "c.yaml:5:27: components[0].references[0].componentName is wrong: “Why” is not a component name",
                "write a domain"
            ),
            ("  labels: [{name: a, value: 1}, {name: a, value: 1}]\n", "two labels “a”", "keep one"),
            ("  labels: [{name: a, value: 1, sining: true}]\n", "sining is no field of a label", "signing"),
            ("  creationTime: now\n", "c.yaml:5:3: components[0].creationTime is no time", "write it as"),
            ("  meta: {configuredSchemaVersion: ocm.software/v3alpha1}\n", "which is not written", "remove it"),
            ("  resources: {}\n", "components[0].resources is a object, not a list", "- "),
        ])
    func faults(more: String, message: String, fix: String) {
        let fault = failure { _ = try read(Self.head + more) }
        #expect(fault?.message.hasPrefix("c.yaml:") == true)
        #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "none")")
        #expect(fault?.fix?.contains(fix) == true, "\(fault?.fix ?? "none")")
    }

    @Test(
        "constructors without a component, or with half of one, are refused",
        arguments: [
            "", "# nothing\n", "components: []\n", "components: {}\n", "[]\n", "name: acme.org/x\nversion: 1.0.0\n",
            "components:\n- 5\n",
            "components: []\nname: acme.org/x\n", "name: X\nversion: 1.0.0\nprovider: p\n",
            "name: acme.org/x\nversion: one\nprovider: p\n",
            "name: acme.org/x\nversion: 1.0.0\nprovider: {nam: p}\n",
            "name: acme.org/x\nname: acme.org/y\nversion: 1.0.0\nprovider: p\n",
        ])
    func refuses(text: String) { #expect(failure { _ = try read(text) }?.code == .invalid) }
}

@Suite("Substitution") struct SubstitutionTests {
    private func filled(_ value: String, _ values: SubstitutionValues) throws(Fault) -> JSON? {
        let text = "name: acme.org/x\nversion: 1.0.0\nprovider: p\nlabels:\n- name: l\n  value: \(value)\n"
        return try ComponentConstructor(parsing: Array(text.utf8), source: "c.yaml", values: values).components[0]
            .labels[0].value
    }

    private func values(_ pairs: [String: String] = ["A": "a", "E": "", "N": "7", "a.b": "nested"])
        -> SubstitutionValues
    {
        var values = SubstitutionValues()
        values.arguments = pairs
        return values
    }

    @Test(
        "the forms of the language",
        arguments: [
            ("$A", "a"), ("${A}", "a"), ("x$A/y", "xa/y"), ("\"${A}\"", "a"), ("${A}${A}", "aa"), ("${a.b}", "nested"),
            ("${X:-d}", "d"), ("${X-d}", "d"), ("${E:-d}", "d"), ("x${E-d}", "x"), ("${X:=d}", "d"), ("${X=d}", "d"),
            ("${A:-d}", "a"),
            ("${A:+alt}", "alt"), ("x${X:+alt}", "x"), ("x${E:+alt}", "x"), ("${E+alt}", "alt"), ("${X:-${A}}", "a"),
            ("${X:-${Y:-z}}", "z"),
            ("$$A", "$A"), ("$${A}", "${A}"), ("a$", "a$"), ("$5", "$5"), ("a $ b", "a $ b"), ("${A:?gone}", "a"),
            ("'${A}'", "a"),
            ("${X:-a-b:c}", "a-b:c"), ("${A:-${UNUSED}}", "a"),
        ])
    func forms(text: String, expected: String) throws { #expect(try filled(text, values()) == .string(expected)) }

    @Test(
        "plain values are what they would be if written there",
        arguments: [("$N", JSON.number(JSONNumber(7))), ("\"$N\"", "7"), ("${X:-true}", true)])
    func plain(text: String, expected: JSON) throws { #expect(try filled(text, values()) == expected) }

    @Test("an undefined variable is an error with name and place, unless allowed") func undefined() throws {
        let fault = failure { _ = try filled("x-${NAME}", values(["NAMES": "n"])) }
        #expect(fault?.message == "c.yaml:6:12: the variable “NAME” is not defined")
        #expect(fault?.fix?.hasPrefix("did you mean “NAMES”? pass NAME=VALUE") == true)
        var allowing = values()
        allowing.allowUndefined = true
        #expect(try filled("x-${NAME}", allowing) == "x-")
        #expect(try filled("x # ${NAME}", allowing) == "x")
        #expect(try filled("v\n# use ${NAME} or $NAME here", values()) == "v")
    }

    @Test(
        "what is no variable is refused", arguments: ["${}", "${A", "${A^}", "${A/x/y}", "${#A}", "${1}", "${X:?gone}"])
    func refused(text: String) {
        let fault = failure { _ = try filled(text, values()) }
        #expect(fault?.message.hasPrefix("c.yaml:6:10: ") == true, "\(fault?.message ?? "none")")
    }

    @Test(
        "a value never changes the structure of the file, and is never shown",
        arguments: [
            ("$V", "a: b"), ("$V", "a # b"), ("$V", "[1"), ("$V", "{a: b}"), ("$V", "&a b"), ("$V", "*a"),
            ("$V", "\"q\""), ("$V", "| x"), ("$V", "!x y"),
            ("\"$V\"", "a\" , x: \"b"), ("\"$V\"", "a\\nb"), ("\"$V\"", "a\\"), ("'$V'", "it's"), ("'$V'", "a' #"),
            ("{a: $V}", "b, c: d"), ("{a: $V}", "b}"),
            ("$V", "a\nevil: b"), ("\"$V\"", "a\rb"), ("\"$V\"", "a\u{0}b"), ("\"$V\"", "a\u{2028}b"),
            ("$V", " padded "), ("[$V]", "a, b"), ("{$V: 1}", "a: 2, b"),
        ])
    func structure(text: String, value: String) {
        let fault = failure { _ = try filled(text, values(["V": value])) }
        #expect(fault?.code == .invalid)
        #expect(fault?.message.contains("evil") == false && fault?.fix != nil)
    }

    @Test(
        "harmless values are taken in every place",
        arguments: [
            ("$V", "1.0.0+build.7"), ("\"$V\"", "a: b # c [x] {y} & * ! | > ' % @"), ("'$V'", "a \"quoted\" \\ text"),
            ("$V", "https://a.b/c?d=e#f"), ("\"$V\"", ""), ("\"$V\"", " padded "), ("\"$V\"", "$A ${A}"),
        ])
    func harmless(text: String, value: String) throws {
        #expect(try filled(text, values(["V": value])) == .string(value))
    }

    @Test("arguments win over settings, settings over the environment") func precedence() throws {
        var values = SubstitutionValues()
        values.environment = ["A": "env", "B": "env", "C": "env"]
        try values.addSettings(
            Array("A: one\nB: 16-alpine\nnested: {x: 1.50, flag: true, z: null}\nlist: [1]\n".utf8), source: "s.yaml")
        try values.addSettings(Array("A: two\n".utf8), source: "t.yaml")
        values.arguments = ["A": "argument"]
        #expect(
            try filled("\"$A $B $C ${nested.x} ${nested.flag} <${nested.z}>\"", values)
                == "argument 16-alpine env 1.50 true <>")
        #expect(failure { _ = try filled("${list}", values) }?.message.contains("“list” is not defined") == true)
        #expect(failure { try values.addSettings(Array("- a\n".utf8), source: "s.yaml") }?.code == .invalid)
        #expect(
            failure { try values.addSettings(Array("a.b: 1\na: {b: 2}\n".utf8), source: "s.yaml") }?.message
                == "s.yaml:2:5: “a.b” is given twice")
        var empty = SubstitutionValues()
        try empty.addSettings(Array("# nothing\n".utf8), source: "s.yaml")
        #expect(empty.settings.isEmpty)
    }

    @Test("without a templater the text is taken as it is") func none() throws {
        var values = values()
        values.templater = .none
        #expect(try filled("${A} $$", values) == "${A} $$")
    }

    @Test("errors behind a variable name the place in the file as it was written") func places() {
        let text = "{name: acme.org/x, version: \"${VERSION}\", provider: p, oops: 1}\n"
        for version in ["1.0.0", "1.0.0-a.very.long.prerelease"] {
            let fault = failure {
                _ = try ComponentConstructor(
                    parsing: Array(text.utf8), source: "c.yaml", values: values(["VERSION": version]))
            }
            #expect(fault?.message.hasPrefix("c.yaml:1:56: oops is no field") == true, "\(fault?.message ?? "none")")
        }
    }
}
