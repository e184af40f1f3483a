// SPDX-License-Identifier: Apache-2.0

import Documents
import Kubernetes
import KubernetesSchemas
import TestInputs
import Testing

@Suite("Depth")
struct DepthTests {
    /// What small stacks are elsewhere; without optimisation a call takes several times as much.
    #if DEBUG
        private static let stack = 2 << 20
    #else
        private static let stack = 512 << 10
    #endif

    @Test("The deepest schemas, objects and paths fit the stack of a thread")
    func smallStack() {
        var node: JSON = ["type": "string", "default": "x", "maxLength": 5]
        var value: JSON = ["unknown": nil]
        for level in 0..<90 {
            if level % 3 == 0 {
                (node, value) = (["type": "array", "items": node], [value])
            } else {
                node = [
                    "type": "object", "properties": ["a": node],
                    "x-kubernetes-validations": [["rule": "has(self.a) || true"]],
                ]
                value = ["a": value, "b": 1]
            }
        }
        var loose: JSON = 1
        for _ in 0..<250 { loose = [["k": loose], 2] }
        let root: JSON = ["type": "object", "properties": ["x": node, "s": ["type": "string"]]]
        let object: JSON = ["x": value, "s": loose, "y": loose], text = object["s"]
        onSmallStack(Self.stack) {
            guard let schema = try? StructuralSchema(root), let admitted = try? schema.admitted(object).object else {
                Issue.record("the schema is refused")
                return
            }
            #expect(admitted["y"] == nil)
            #expect(!schema.validate(admitted).isValid)
            #expect(schema.validate(admitted, old: admitted).isValid)
            let component = schema.openAPI(group: "g", version: "v", kind: "K")
            #expect(component["properties"]?["x"] != nil)
            for form in SwaggerDocument.Form.allCases {
                var document = SwaggerDocument(form)
                document.add(["components": ["schemas": ["K": component]]])
                #expect(document.bytes.count > 1000)
            }
            #expect((try? JSONPath("{..k}").values(in: object)) != nil)
            #expect(!schema.validate(["s": text ?? nil]).errors.summary.isEmpty)
        }
    }

    @Test("Conditions in conditions fit it as well")
    func conditions() {
        var part: JSON = ["minLength": 2]
        for _ in 0..<80 { part = ["anyOf": [part]] }
        part["type"] = "string"
        let root: JSON = ["type": "object", "properties": ["x": part]]
        onSmallStack(Self.stack) {
            let schema = try? StructuralSchema(root)
            #expect(schema?.validate(["x": "ab"]).isValid == true)
            // Each level says the same, and it is told once.
            #expect(schema?.validate(["x": "a"]).errors.count == 2)
        }
    }
}
