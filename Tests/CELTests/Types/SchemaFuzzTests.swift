// SPDX-License-Identifier: Apache-2.0

import CEL
import Documents
import TestInputs
import Testing

@Suite("Damaged schemas")
struct SchemaFuzzTests {
    private static let samples = [
        """
        {"$defs":{"n":{"type":"object","properties":{"c":{"$ref":"#/$defs/n"},"t":{"type":"string","format":"date-time"}}}},
        "type":"object","required":["a"],"properties":{"a":{"type":["integer","null"]},"n":{"$ref":"#/$defs/n"},
        "o":{"oneOf":[{"type":"string"},{"properties":{"x":{"enum":["a",1]}}}]}}}
        """,
        """
        {"type":"object","additionalProperties":{"type":"array","items":{"type":"string","format":"byte"}},"nullable":true}
        """,
        """
        {"allOf":[{"$ref":"#/x~1y"},{"minimum":1}],"x/y":{"type":"number"},"x-kubernetes-preserve-unknown-fields":true}
        """,
    ].map { Array($0.utf8) }

    @Test("Whatever is left of a schema has a type, values and a schema, or is refused")
    func schemas() {
        var mutator = ByteMutator(
            samples: Self.samples,
            tokens: [
                "\"$ref\":\"#\"", "{}", "[]", "null", "\"type\"", "\"object\"", "\"properties\"", "#/$defs/n", "~0",
                "%",
            ],
            seed: 5)
        var read = 0
        for _ in 0..<5_000 {
            guard let schema = try? JSON(parsing: mutator.next(), source: "fuzz"),
                let type = try? CELType(schema: schema, name: "s")
            else { continue }
            read += 1
            // A schema is a document too, so that its own type and its reading can be tried on it.
            let value = Value(document: schema, as: type)
            #expect((try? value.document()) == schema)
            let sample = CELType(inferredFrom: schema, name: "s")
            #expect(sample.isStructurallyAssignable(to: sample))
            _ = value.literalText
            _ = type.mismatch(with: sample)
            let again = try? CELType(schema: type.schema, name: "s")
            #expect(again?.schema == type.schema)
        }
        #expect(read > 500)
    }
}
