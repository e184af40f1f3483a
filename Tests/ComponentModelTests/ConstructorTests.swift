// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Documents
import Testing

@Suite("Component constructor") struct ConstructorTests {
    private static func parse(_ text: String, _ values: [String: String] = [:]) throws -> ComponentConstructor {
        var substitution = SubstitutionValues()
        substitution.arguments = values
        return try ComponentConstructor(parsing: Array(text.utf8), source: "c.yaml", values: substitution)
    }

    @Test("both spellings are read", arguments: ["references", "componentReferences"]) func spellings(key: String) throws {
        let constructor = try Self.parse("""
            components:
            - name: acme.org/product
              version: "${VERSION}"
              provider: {name: acme.org}
              \(key):
              - {name: db, componentName: acme.org/db, version: "${VERSION}"}
              resources:
              - name: rgd
                type: blob
                input: {type: file, path: ./rgd.yaml}
              - name: image
                type: ociImage
                version: ${PG:-16-alpine}
                access: {type: ociArtifact, imageReference: "x.org/pg:1"}
            """, ["VERSION": "1.2.0"])
        let component = try #require(constructor.components.first)
        #expect(component.identity.description == "acme.org/product:1.2.0")
        #expect(try component.references()[0].target.description == "acme.org/db:1.2.0")
        #expect(component.elements.map(\.version) == ["1.2.0", "16-alpine"])
        let resource = try component.elements[0].resource(access: TypedSpecification(["type": "none"]))
        #expect(resource.relation == .local)
    }

    @Test("bad input is refused with its place", arguments: [
        ("components:\n- name: acme.org/x\n  version: 1.0.0\n  provider: {name: a}\n  resorces: []\n", "c.yaml:5:3: the field “resorces” is unknown here"),
        ("components:\n- name: Acme\n  version: 1.0.0\n  provider: {name: a}\n", "c.yaml:2:3: “Acme” is no component name"),
        ("components:\n- name: acme.org/x\n  version: one\n  provider: {name: a}\n", "c.yaml:3:3: “one” is no version"),
        ("components:\n- name: acme.org/x\n  version: 1.0.0\n", "c.yaml:2:3: “provider” is missing"),
        ("name: acme.org/x\nversion: 1.0.0\nprovider: {name: a}\nresources:\n- {name: aa, type: t}\n", "c.yaml:5:3: “aa” needs exactly one of “input” and “access”"),
        ("name: acme.org/x\nversion: 1.0.0\nprovider: {name: a}\nresources:\n- {name: aa, type: t, access: {type: none}}\n- {name: aa, type: t, access: {type: none}}\n", "c.yaml:6:3: another entry has the identity name=aa,version=1.0.0"),
        ("name: acme.org/x\nname: acme.org/y\n", "c.yaml:2:1: the key “name” is given twice"),
        ("name: acme.org/x\nversion: ${NOPE}\n", "c.yaml:2: there is no value for ${NOPE}; none are given"),
        ("components:\n  - name: acme.org/x\n    version: 1.0.0\n    provider: {name: a}\n    signatures: ...\n", "c.yaml:5:5: the field “signatures” is unknown here"),
        ("", "c.yaml describes no component"),
    ])
    func refuses(text: String, message: String) {
        let fault = #expect(throws: Fault.self) { try Self.parse(text) }
        #expect(fault?.message == message)
    }

    @Test("a misspelt field is put right") func nearest() {
        let fault = #expect(throws: Fault.self) { try Self.parse("name: acme.org/x\nversion: 1.0.0\nprovider: {name: a}\nresouces: []\n") }
        #expect(fault?.fix == "did you mean “resources”?")
    }

    @Test("values cannot change the structure", arguments: ["1.0.0\"\n  evil: true", "1\" x: \""]) func injection(value: String) {
        #expect(throws: Fault.self) {
            try Self.parse("name: acme.org/x\nversion: \"${V}\"\nprovider: {name: a}\n", ["V": value])
        }
    }

    @Test("settings win over the environment, arguments over settings") func precedence() throws {
        var values = SubstitutionValues()
        values.environment = ["A": "1.0.1", "B": "1.0.1", "C": "1.0.1"]
        try values.addSettings(Array("A: 1.0.2\nB: 1.0.2\nnested: {x: 1.0.4}\n".utf8), source: "s.yaml")
        values.arguments = ["A": "1.0.3"]
        for (name, expected) in [("A", "1.0.3"), ("B", "1.0.2"), ("C", "1.0.1"), ("nested.x", "1.0.4")] {
            let text = "name: acme.org/x\nversion: ${\(name)}\nprovider: {name: a}\n"
            let constructor = try ComponentConstructor(parsing: Array(text.utf8), source: "c", values: values)
            #expect(constructor.components[0].identity.version.text == expected)
        }
    }
}

@Suite("Names and versions") struct NameTests {
    @Test("accepts", arguments: ["acme.org/x", "a.b-c.io/x_y/z.w", "github.com/acme.org/app"]) func accepts(name: String) throws {
        #expect(try ComponentName(name).text == name)
    }
    @Test("refuses", arguments: ["acme.org", "Acme.org/x", "acme/x", "acme.org/", "acme.org/1x", "acme.org/x/../y", "acme.org//x", "", "acme.o/x"])
    func refuses(name: String) { #expect(throws: Fault.self) { try ComponentName(name) } }

    @Test("versions and tags", arguments: [("1.0.0", "1.0.0"), ("1.0.0+build.7", "1.0.0.build-build.7"), ("v1", "v1"), ("1.0.0-rc.1", "1.0.0-rc.1")])
    func tags(version: String, tag: String) throws {
        #expect(try ComponentVersion(version).tag == tag)
        #expect(try ComponentVersion(tag: tag).text == version)
    }
    @Test("no versions", arguments: ["", "x", "1.2.3.4", "01.0.0", "1.0.0-", "1.0.0+", "latest", "sha256-abc"])
    func noVersions(text: String) { #expect(throws: Fault.self) { try ComponentVersion(text) } }

    @Test("newest first") func order() throws {
        let versions = try ["1.0.0", "1.10.0", "1.2.0", "2.0.0-rc.1", "2.0.0", "1.0.0-alpha.1", "1.0.0-alpha.beta"].map { try ComponentVersion($0) }
        #expect(versions.sorted(by: >).map(\.text) == ["2.0.0", "2.0.0-rc.1", "1.10.0", "1.2.0", "1.0.0", "1.0.0-alpha.beta", "1.0.0-alpha.1"])
    }
}
