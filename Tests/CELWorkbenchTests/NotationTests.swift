// SPDX-License-Identifier: Apache-2.0

import Basics
import CEL
import CELWorkbench
import Documents
import Testing

@Suite("Notations") struct NotationTests {
    @Test(
        "types are read as people write them",
        arguments: [
            ("int", "int"), ("list(string)", "list(string)"), (" map( string ,list(dyn) ) ", "map(string, list(dyn))"),
            ("optional(int)", "optional_type(int)"), ("optional_type(bool)", "optional_type(bool)"),
            ("wrapper(int)", "wrapper(int)"), ("list", "list(dyn)"), ("map", "map(dyn, dyn)"), ("any", "dyn"),
            ("map(int, map(bool, bytes))", "map(int, map(bool, bytes))"), ("type(dyn)", "type(dyn)"),
        ])
    func types(text: String, expected: String) throws {
        let type = try CELType(notation: text)
        #expect(type.description == expected)
        #expect(try CELType(notation: type.description) == type)
    }

    @Test("a type that a library brings is known by its name") func opaque() throws {
        #expect(try CELType(notation: "kubernetes.Quantity").name == "kubernetes.Quantity")
    }

    @Test(
        "what is no type is refused, and why is said",
        arguments: [
            ("", "a type is missing"), ("strin", "did you mean string?"), ("list(", "a type is missing"),
            ("list(int", "“)” is missing"), ("int)", "left over"), ("int(string)", "takes no types"),
            ("map(string)", "two types"), ("list(int, int)", "one type"), ("map(double, int)", "a key is"),
            (String(repeating: "list(", count: 500), "too deep"),
        ])
    func noTypes(text: String, hint: String) {
        #expect {
            try CELType(notation: text)
        } throws: { error in
            let fault = error as? Fault
            return "\(fault?.message ?? "") \(fault?.fix ?? "")".contains(hint)
        }
    }

    @Test(
        "values are YAML where they can be, else text",
        arguments: [
            ("x=3", "3"), ("x=3.0", "3.0"), ("x=true", "true"), ("x=\"3\"", "\"3\""), ("x=abc", "\"abc\""),
            ("x=", "\"\""),
            ("x={\"a\": [1]}", "{\"a\":[1]}"), ("x={a: b}", "{\"a\":\"b\"}"), ("x=[unclosed", "\"[unclosed\""),
            ("x=null", "null"), ("a.b=1=2", "\"1=2\""), ("x=1.2.3", "\"1.2.3\""),
        ])
    func values(argument: String, json: String) throws {
        #expect(try VariableNotation(argument).value().text() == json)
    }

    @Test("a value can be a document in a file") func files() throws {
        let folder = try TemporaryFolder(prefix: "variables")
        try FileSystem.write(Array("a: [1, x]\n".utf8), to: "\(folder.path)/a.yaml")
        #expect(try VariableNotation("v=@\(folder.path)/a.yaml").value() == ["a": [1, "x"]])
        #expect(throws: Fault.self) { try VariableNotation("v=@\(folder.path)/b.yaml").value() }
    }

    @Test("what names no variable is refused", arguments: ["x", "=1", "1a=2", "a b=1", "a.=1", ".a=1", "a-b=1"])
    func noVariables(argument: String) { #expect(throws: Fault.self) { try VariableNotation(argument) } }

    @Test(
        "paths are read as they are printed",
        arguments: [
            "a", "schema.spec.replicas", "items[0].name", "a[*].b", "a[\"x]y\"].c", "a[\"b c\"][3][*]", "a[-1]",
        ])
    func paths(text: String) throws { #expect(try AttributePath(notation: text).description == text) }

    @Test("keys in quotes are fields") func keys() throws {
        #expect(try AttributePath(notation: "a['b'][\"c\"]") == AttributePath("a", [.field("b"), .field("c")]))
    }

    @Test(
        "what is no path is refused", arguments: ["", "1", "a.", "a..b", "a[", "a[x]", "a[1", "a]b", "a.b c", "a[1]b"])
    func noPaths(text: String) { #expect(throws: Fault.self) { try AttributePath(notation: text) } }
}
