// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Orchestration
import Testing

@Suite("Orchestration graph")
struct OrchestrationGraphTests {
    private static let download = OperationType(
        "get/v1", summary: "Gets a thing.",
        properties: [
            "type": "object", "required": ["name"],
            "properties": ["name": ["type": "string"], "size": ["type": "integer"]],
        ],
        outputs: ["type": "object", "properties": ["data": ["type": "string"], "count": ["type": "integer"]]])
    private static let upload = OperationType(
        "put/v1", summary: "Puts a thing.",
        properties: ["type": "object", "properties": ["data": ["type": "string"], "to": ["type": "string"]]],
        outputs: ["type": "object", "properties": ["reference": ["type": "string"]]])

    private func graph(_ text: String) throws -> OrchestrationGraph {
        let document = try YAML.document(Array(text.utf8), source: "spec.yaml")
        return try OrchestrationGraph(
            OrchestrationSpecification(document), types: [Self.download, Self.upload])
    }

    private func problem(_ text: String) -> String {
        do {
            _ = try graph(text)
            return "none"
        } catch { return (error as? Fault)?.message ?? "\(error)" }
    }

    @Test("Operations stand behind what they read, in both forms")
    func order() throws {
        let seed = try graph(
            """
            type: transformation.ocm.component/v1alpha1
            transformations:
            - {type: put/v1, id: put1, data: "${get1.outputs.data}", to: "x/${get2.count}"}
            - {type: get/v1, id: get1, name: a}
            - {type: get/v1, id: get2, name: "${get1.spec.name}", size: "${get1.output.count}"}
            - {type: put/v1, to: end}
            """)
        #expect(seed.nodes.map(\.operation.id) == ["get1", "operation4", "get2", "put1"])
        #expect(seed.nodes.last?.dependencies == ["get1", "get2"])
        let graphForm = try graph(
            """
            environment: {version: 1.0.0}
            transformations:
            - {type: put/v1, id: put1, spec: {data: "${environment.version}"}}
            """)
        #expect(graphForm.nodes[0].operation.propertiesPointer.description == "/transformations/0/spec")
    }

    @Test(
        "What cannot run is refused with its line",
        arguments: [
            ("transformations: {}", "spec.yaml:1:1: 'transformations' is missing or no list"),
            ("type: other/v1\ntransformations: []", "spec.yaml:1:1: the type is 'other/v1'"),
            ("transformations:\n- {id: a}", "spec.yaml:2:3: the operation has no 'type'"),
            (
                "transformations:\n- {type: gett/v1, id: a, name: x}",
                "spec.yaml:2:4: there is no operation 'gett/v1'; did you mean 'get/v1'?"
            ),
            (
                "transformations:\n- {type: get/v1, id: a-b, name: x}",
                "spec.yaml:2:18: 'a-b' is no id: a letter, then letters and digits"
            ),
            (
                "transformations:\n- {type: get/v1, id: a, name: x}\n- {type: get/v1, id: a, name: y}",
                "spec.yaml:3:3: the id 'a' is given twice, first in spec.yaml:2:3"
            ),
            (
                "transformations:\n- {type: get/v1, id: a, name: \"${b.count}\"}\n- {type: get/v1, id: b, name: x}",
                "spec.yaml:2:25 (/name)"
            ),
            ("transformations:\n- {type: put/v1, id: a, to: \"${c.data}\"}", "undeclared reference to 'c'"),
            (
                "transformations:\n- {type: put/v1, id: a, to: \"${a.spec.dat}\"}",
                "operations wait for each other: a → a"
            ),
            ("transformations:\n- {type: get/v1, id: a}", "spec.yaml:2:3: get/v1 needs 'name'"),
            ("transformations:\n- {type: get/v1, id: a, name: x, size: many}", "get/v1: .size"),
            ("transformations:\n- {type: get/v1, id: a, name: x, sise: 1}", "sise"),
        ])
    func refusal(text: String, message: String) {
        #expect(problem(text).contains(message), "\(problem(text))")
    }

    @Test("A circle is drawn with its lines")
    func circle() {
        let drawn = problem(
            """
            transformations:
            - {type: get/v1, id: a, name: "${c.data}"}
            - {type: get/v1, id: b, name: "${a.data}"}
            - {type: get/v1, id: c, name: "${b.data}"}
            - {type: get/v1, id: d, name: "${c.data}"}
            """)
        #expect(
            drawn == """
                operations wait for each other: a → c → b → a
                  spec.yaml:2:3: a reads c
                  spec.yaml:4:3: c reads b
                  spec.yaml:3:3: b reads a
                """, "\(drawn)")
    }
}
