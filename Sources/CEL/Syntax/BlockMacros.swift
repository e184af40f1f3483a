// SPDX-License-Identifier: Apache-2.0

extension Macro {
    /// `cel.block([…], body)` with `cel.index(n)`, and names for loop variables that no expression can spell:
    /// what optimisers write, and what the conformance cases of blocks are written in.
    public static let block: [Macro] = [
        Macro("block", isMethod: true, argumentCount: 2) { call throws(CompileError) in
            guard call.isTarget("cel") else { return nil }
            guard case .list(let slots) = call.kind(of: call.arguments[0]), !slots.contains(where: \.isOptional) else {
                throw call.error("the slots of cel.block() are a list of expressions", at: call.arguments[0])
            }
            return try call.make(.block(slots.map(\.value), body: call.arguments[1]))
        },
        name("index", 1) { "@index\($0[0])" },
        name("iterVar", 2) { "@it:\($0[0]):\($0[1])" },
        name("accuVar", 2) { "@ac:\($0[0]):\($0[1])" },
    ]

    private static func name(
        _ name: String, _ count: Int, _ spell: @escaping @Sendable ([Int64]) -> String
    ) -> Macro {
        Macro(name, isMethod: true, argumentCount: count) { call throws(CompileError) in
            guard call.isTarget("cel") else { return nil }
            var numbers: [Int64] = []
            for argument in call.arguments {
                guard case .literal(.int(let number)) = call.kind(of: argument), number >= 0 else {
                    throw call.error("cel.\(name)() takes a number that is not negative", at: argument)
                }
                numbers.append(number)
            }
            return try call.make(.identifier(spell(numbers)))
        }
    }
}
