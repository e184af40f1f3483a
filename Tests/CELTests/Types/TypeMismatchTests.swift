// SPDX-License-Identifier: Apache-2.0

import CEL
import Testing

@Suite("Structural assignment")
struct TypeMismatchTests {
    private static let small = CELType.object(ObjectType(name: "small", fields: ["a": .int]))
    private static let large = CELType.object(
        ObjectType(name: "large", fields: ["a": .int, "b": .string, "c": .list(small)]))
    private static let open = CELType.object(ObjectType(name: "open", fields: ["a": .int], allowsOtherFields: true))
    private static let other = CELType.object(ObjectType(name: "other", fields: ["a": .string]))

    @Test(
        "What fits, and the first part that does not",
        arguments: [
            (.int, .int, nil), (.dyn, .int, nil), (.int, .dyn, nil), (.optional(.int), .int, nil),
            (.int, .optional(.int), nil), (.optional(.list(.int)), .list(.int), nil), (.nullable(.int), .int, nil),
            (.int, .nullable(.int), nil), (.null, .nullable(.int), nil), (.null, small, nil), (.null, .timestamp, nil),
            (.list(.dyn), .list(.int), nil), (.map(.string, .dyn), .map(.string, .int), nil), (small, large, nil),
            (large, open, nil), (small, .map(.string, .int), nil), (.map(.string, .int), small, nil),
            (.map(.string, .string), large, nil), (.map(.dyn, .dyn), large, nil), (.map(.string, .bytes), open, nil),
            (.int, .string, "it is of type 'int', not 'string'"), (.int, .double, "it is of type 'int', not 'double'"),
            (.null, .string, "it is of type 'null_type', not 'string'"),
            (.optional(.int), .string, "it is of type 'int', not 'string'"),
            (.list(.int), .list(.string), "[*]: it is of type 'int', not 'string'"),
            (.map(.string, .list(.int)), .map(.string, .list(.bool)), ".*[*]: it is of type 'int', not 'bool'"),
            (.map(.int, .int), .map(.string, .int), "its keys are of type 'int', not 'string'"),
            (large, small, ".b: small has no such field"), (other, small, ".a: it is of type 'string', not 'int'"),
            (large, .map(.string, .dyn), nil), (large, .map(.string, .int), ".b: it is of type 'string', not 'int'"),
            (.map(.int, .int), small, "its keys are of type 'int', not strings"),
            (.map(.string, .string), small, "no field of small is of type 'string'"),
            (.list(large), .list(small), "[*].b: small has no such field"),
            (small, .int, "it is of type 'small', not 'int'"),
        ] as [(CELType, CELType, String?)])
    func table(type: CELType, target: CELType, expected: String?) {
        #expect(type.mismatch(with: target)?.description == expected)
        #expect(type.isStructurallyAssignable(to: target) == (expected == nil))
    }
}
