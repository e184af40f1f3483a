// SPDX-License-Identifier: Apache-2.0

public import CEL

extension Library {
    /// `lists.setAtIndex`, `lists.insertAtIndex` and `lists.removeAtIndex` of kro; each gives a new list.
    public static let kroLists = Library(
        "kro.lists",
        functions: [
            change("setAtIndex", takesValue: true) { list, index, value in list[index] = value },
            change("insertAtIndex", takesValue: true, mayAppend: true) { list, index, value in
                list.insert(value, at: index)
            },
            change("removeAtIndex", takesValue: false) { list, index, _ in list.remove(at: index) },
        ])

    private static func change(
        _ name: String, takesValue: Bool, mayAppend: Bool = false,
        _ body: @escaping @Sendable (inout [Value], Int, Value) -> Void
    ) -> Function {
        let name = "lists.\(name)"
        let element = CELType.parameter("T")
        return Function(
            name,
            .function(
                "\(name)_list_int\(takesValue ? "_T" : "")",
                [.list(element), .int] + (takesValue ? [element] : []), .list(element),
                .variadic { arguments, budget throws(EvaluationError) in
                    let list = try arguments[0].expectList(by: name)
                    let index = try arguments[1].expectInt(by: name)
                    guard index >= 0, index < list.count || mayAppend && index == list.count else {
                        let range = "[0, \(list.count)\(mayAppend ? "]" : ")")"
                        throw .invalid("\(name): index \(index) out of bounds \(range)")
                    }
                    try budget.allocate(values: list.count + 1)
                    var values = list.values
                    body(&values, Int(index), takesValue ? arguments[2] : .null)
                    return .list(values)
                }))
    }
}
