// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import KubernetesPatches
import Testing

@Suite("Strategic merge patches") struct StrategicMergePatchTests {
    /// Applies a patch to `spec.template.spec` of a Deployment.
    private func patched(_ document: String, _ patch: String) throws -> String {
        let wrap = { (text: String) in yaml("{spec: {template: {spec: \(text)}}}") }
        let result = try StrategicMergePatch(schema: Schemas.deployment).apply(wrap(patch), to: wrap(document))
        return result["spec"]?["template"]?["spec"]?.text() ?? "nothing"
    }

    static let lists: [(document: String, patch: String, result: String)] = [
        // Elements are told apart by their key.
        (
            "{containers: [{name: a, image: x}]}", "{containers: [{name: a, image: yy}]}",
            "{containers: [{name: a, image: yy}]}"
        ),
        (
            "{containers: [{name: a, image: x}]}", "{containers: [{name: b}]}",
            "{containers: [{name: b}, {name: a, image: x}]}"
        ),
        (
            "{containers: [{name: a}, {name: b}]}", "{containers: [{name: c}, {name: a, image: x}]}",
            "{containers: [{name: c}, {name: a, image: x}, {name: b}]}"
        ),
        (
            "{containers: [{name: a, image: x, command: [c]}]}", "{containers: [{name: a, image: null}]}",
            "{containers: [{name: a, command: [c]}]}"
        ),
        (
            "{containers: [{name: a, command: [c, d]}]}", "{containers: [{name: a, command: [e]}]}",
            "{containers: [{name: a, command: [e]}]}"
        ),
        (
            "{}", "{containers: [{name: a, image: null, env: [{name: x, $patch: delete}, {name: yy}]}]}",
            "{containers: [{name: a, env: [{name: yy}]}]}"
        ),
        ("{containers: []}", "{containers: []}", "{containers: []}"),
        ("{containers: [{name: a}]}", "{containers: null}", "{}"),
        // Nested keyed lists, and numbers as keys.
        (
            "{containers: [{name: a, env: [{name: x, value: '1'}, {name: yy, value: '2'}]}]}",
            "{containers: [{name: a, env: [{name: yy, value: '3'}, {name: x, $patch: delete}]}]}",
            "{containers: [{name: a, env: [{name: yy, value: '3'}]}]}"
        ),
        (
            "{containers: [{name: a, ports: [{containerPort: 80, name: p}, {containerPort: 81}]}]}",
            "{containers: [{name: a, ports: [{containerPort: 80, name: q}]}]}",
            "{containers: [{name: a, ports: [{containerPort: 80, name: q}, {containerPort: 81}]}]}"
        ),
        // Directives of elements.
        (
            "{containers: [{name: a}, {name: b}, {name: a}]}", "{containers: [{name: a, $patch: delete}]}",
            "{containers: [{name: b}]}"
        ),
        (
            "{containers: [{name: a}]}", "{containers: [{name: x, $patch: delete}, {name: b}]}",
            "{containers: [{name: b}, {name: a}]}"
        ),
        (
            "{containers: [{name: a}]}", "{containers: [{$patch: replace}, {name: b}, {name: c}]}",
            "{containers: [{name: b}, {name: c}]}"
        ),
        ("{containers: [{name: a}]}", "{containers: [{$patch: replace}]}", "{containers: []}"),
        // Lists without a strategy are replaced.
        ("{tolerations: [{key: a}]}", "{tolerations: [{key: b}]}", "{tolerations: [{key: b}]}"),
        // An order that is set.
        (
            "{containers: [{name: a}, {name: b}, {name: c}]}",
            "{$setElementOrder/containers: [{name: c}, {name: b}, {name: a}], containers: [{name: b, image: x}]}",
            "{containers: [{name: c}, {name: b, image: x}, {name: a}]}"
        ),
        (
            "{containers: [{name: a}, {name: server}, {name: b}]}",
            "{$setElementOrder/containers: [{name: b}, {name: a}, {name: nn}], containers: [{name: nn}]}",
            "{containers: [{name: server}, {name: b}, {name: a}, {name: nn}]}"
        ),
        (
            "{containers: [{name: a}, {name: b}, {name: c}]}",
            "{$setElementOrder/containers: [{name: a}, {name: c}], containers: [{name: b, $patch: delete}]}",
            "{containers: [{name: a}, {name: c}]}"
        ),
        (
            "{containers: [{name: a}, {name: b}]}", "{$setElementOrder/containers: [{name: b}, {name: a}]}",
            "{containers: [{name: b}, {name: a}]}"
        ),
        ("{}", "{$setElementOrder/containers: [{name: b}]}", "{}"),
        (
            "{}", "{$setElementOrder/containers: [{name: b}, {name: a}], containers: [{name: b}, {name: a}]}",
            "{containers: [{name: b}, {name: a}]}"
        ),
        // Members that are kept.
        (
            "{volumes: [{name: v, emptyDir: {medium: Memory}}]}",
            "{volumes: [{name: v, $retainKeys: [name, hostPath], hostPath: {path: /x}}]}",
            "{volumes: [{name: v, hostPath: {path: /x}}]}"
        ),
        // Directives of objects.
        (
            "{containers: [{name: a, resources: {limits: {cpu: '1', memory: 1Gi}}}]}",
            "{containers: [{name: a, resources: {limits: {$patch: replace, cpu: '2'}}}]}",
            "{containers: [{name: a, resources: {limits: {cpu: '2'}}}]}"
        ),
        (
            "{containers: [{name: a, resources: {limits: {cpu: '1'}}}]}",
            "{containers: [{name: a, resources: {limits: {$patch: delete}}}]}",
            "{containers: [{name: a, resources: {limits: {}}}]}"
        ),
        (
            "{containers: [{name: a}]}", "{containers: [{name: a, resources: {$patch: delete}}]}",
            "{containers: [{name: a}]}"
        ),
        // Another kind of value takes the place of what was.
        (
            "{hostNetwork: {a: 1}, containers: x}", "{hostNetwork: true, containers: [{name: a, image: null}]}",
            "{hostNetwork: true, containers: [{name: a}]}"
        ),
    ]

    @Test("lists and objects merge as their schema says", arguments: lists)
    func merging(document: String, patch: String, result: String) throws {
        #expect(try patched(document, patch) == yaml(result).text())
    }

    static let metadata: [(document: String, patch: String, result: String)] = [
        ("{finalizers: [a, b]}", "{finalizers: [c, a]}", "{finalizers: [c, a, b]}"),
        ("{finalizers: [a, b, c]}", "{$deleteFromPrimitiveList/finalizers: [b, x]}", "{finalizers: [a, c]}"),
        ("{finalizers: [a]}", "{$deleteFromPrimitiveList/finalizers: [a]}", "{finalizers: []}"),
        ("{}", "{$deleteFromPrimitiveList/finalizers: [a]}", "{}"),
        (
            "{finalizers: [a, b]}",
            "{$deleteFromPrimitiveList/finalizers: [a], $setElementOrder/finalizers: [c, b], finalizers: [c]}",
            "{finalizers: [c, b]}"
        ),
        ("{finalizers: [a, b, a]}", "{finalizers: [c]}", "{finalizers: [c, a, b]}"),
        ("{finalizers: [a]}", "{finalizers: null}", "{}"),
        ("{labels: {a: x, b: yy}}", "{labels: {a: null, c: z}}", "{labels: {b: yy, c: z}}"),
        (
            "{ownerReferences: [{uid: u, name: a}]}", "{ownerReferences: [{uid: u, $patch: delete}]}",
            "{ownerReferences: []}"
        ),
        (
            "{ownerReferences: [{uid: u, name: a}]}", "{ownerReferences: [{uid: v, name: b}]}",
            "{ownerReferences: [{uid: v, name: b}, {uid: u, name: a}]}"
        ),
        ("{annotations: {a: x}}", "{$retainKeys: [labels], labels: {l: m}}", "{labels: {l: m}}"),
    ]

    @Test("metadata merges alike in all kinds", arguments: metadata)
    func metadataMerges(document: String, patch: String, result: String) throws {
        let patch = yaml("{metadata: \(patch)}"), document = yaml("{metadata: \(document)}")
        #expect(
            try StrategicMergePatch(schema: Schemas.deployment).apply(patch, to: document)["metadata"]?.text()
                == yaml(result).text())
    }

    static let refused: [(document: String, patch: String, sentence: String)] = [
        ("{containers: [{name: a}]}", "{containers: [{image: x}]}", "does not contain declared merge key: name"),
        ("{containers: [{name: a}]}", "{containers: [{$patch: delete}]}", "does not contain declared merge key: name"),
        ("{containers: [{name: a}]}", "{containers: [{name: a, $patch: merge}]}", "cannot yet be specified"),
        ("{containers: [{name: a}]}", "{containers: [{name: a, $patch: other}]}", "must be delete or replace"),
        ("{containers: [{name: a}]}", "{containers: [x]}", "types are not identical"),
        ("{containers: [{name: a}]}", "{containers: [[x]]}", "lists of lists"),
        ("{containers: [{name: a}]}", "{containers: [{name: {}}]}", "must be a scalar"),
        (
            "{containers: [{name: a, resources: {limits: {}}}]}",
            "{containers: [{name: a, resources: {limits: {$patch: other}}}]}", "must be replace or delete"
        ),
        ("{}", "{$setElementOrder: [x]}", "must be $setElementOrder/<field>"),
        ("{}", "{$setElementOrder/containers: x}", "setElementOrder"),
        ("{containers: x}", "{$setElementOrder/containers: [{name: a}]}", "expected a list, got string"),
        (
            "{containers: [{name: a}]}", "{$setElementOrder/containers: [{name: a}], containers: [{name: b}]}",
            "doesn't match"
        ),
        ("{containers: [{name: a}]}", "{$setElementOrder/containers: [{x: a}]}", "declared merge key"),
        ("{}", "{$deleteFromPrimitiveListX: [a]}", "must be $deleteFromPrimitiveList/<field>"),
        ("{containers: [{name: a}]}", "{$deleteFromPrimitiveList/containers: [{name: a}]}", "only scalars"),
        ("{}", "{$retainKeys: x}", "retainKeys"), ("{}", "{$retainKeys: [a], b: 1}", "not among $retainKeys"),
    ]

    @Test("what cannot be merged is refused with its place", arguments: refused)
    func refusals(document: String, patch: String, sentence: String) {
        let fault = failure { try patched(document, patch) }
        #expect(fault?.code == .invalid, "\(fault as Any)")
        #expect(fault?.message.contains("at .spec.template.spec") == true, "\(fault as Any)")
        #expect(fault?.message.contains(sentence) == true, "\(fault as Any)")
    }

    @Test("places of which nothing is known merge by member, their lists are replaced")
    func deduced() throws {
        let result = try StrategicMergePatch(schema: .deduced).apply(
            yaml("{a: {b: 1, c: null}, l: [2], $deleteFromPrimitiveList/m: [x]}"),
            to: yaml("{a: {c: 2, d: 3}, l: [1], m: [x, yy]}"))
        #expect(result.text() == #"{"a":{"d":3,"b":1},"l":[2],"m":["yy"]}"#)
    }

    @Test("a patch of ten thousand elements merges into ten thousand")
    func large() throws {
        func containers(_ range: Range<Int>, _ image: String) -> JSON {
            .array(range.map { ["name": .string("c\($0)"), "image": .string(image)] })
        }
        let result = try StrategicMergePatch(schema: Schemas.deployment).apply(
            ["spec": ["template": ["spec": ["containers": containers(5000..<15_000, "new")]]]],
            to: ["spec": ["template": ["spec": ["containers": containers(0..<10_000, "old")]]]])
        let merged = result["spec"]?["template"]?["spec"]?["containers"]?.array ?? []
        #expect(merged.count == 15_000)
        #expect(merged.filter { $0["image"] == "new" }.count == 10_000)
        #expect(merged[0]["name"] == "c0" && merged[14_999]["name"] == "c14999")
    }
}
