// SPDX-License-Identifier: Apache-2.0

public import CEL

extension Library {
    /// `isSorted`, `sum`, `min`, `max`, `indexOf` and `lastIndexOf` of lists, from version 1 also `includes`.
    ///
    /// As k8s.io/apiserver declares them: `sum` of an empty list is zero of the element type where that is known, and
    /// an int where it is not.
    public static func kubernetesLists(version: Int) -> Library {
        let element = CELType.parameter("A")
        let functions = [
            Function(
                "isSorted",
                overloads: comparable.map { name, type in
                    .method("list_\(name)_is_sorted_bool", [.list(type)], .bool, .unary(isSorted))
                }),
            Function(
                "sum",
                overloads: summable.map { name, type, zero in
                    .method(
                        "list_\(name)_sum_\(name)", [.list(type)], type,
                        .unary { value, budget throws(EvaluationError) in try elementSum(value, from: zero, &budget) })
                }),
            extreme("min", instead: .greater), extreme("max", instead: .less),
            Function(
                "indexOf",
                .method("list_a_index_of_int", [.list(element), element], .int, search("indexOf"))),
            Function(
                "lastIndexOf",
                .method(
                    "list_a_last_index_of_int", [.list(element), element], .int,
                    search("lastIndexOf", fromEnd: true))),
        ]
        return Library("kubernetes.lists", functions: version >= 1 ? functions + [includes] : functions)
    }
}

private let comparable: [(String, CELType)] = [
    ("int", .int), ("uint", .uint), ("double", .double), ("bool", .bool), ("duration", .duration),
    ("timestamp", .timestamp), ("string", .string), ("bytes", .bytes),
]

/// How two elements stand to each other.
private func order(
    _ a: Value, _ b: Value, for function: String, _ budget: inout Budget
) throws(EvaluationError) -> Comparison {
    if case .string(let text) = a { try budget.read(bytes: text.utf8.count) } else { try budget.spend(1) }
    guard let order = a.compare(with: b) else { throw .noSuchOverload(function, a, b) }
    return order
}

private func isSorted(_ value: Value, _ budget: inout Budget) throws(EvaluationError) -> Value {
    let list = try value.expectList(by: "isSorted")
    for index in list.indices.dropFirst()
    where try order(list[index - 1], list[index], for: "isSorted", &budget) == .greater {
        return false
    }
    return true
}

private func extreme(_ name: String, instead: Comparison) -> Function {
    let implementation = Overload.Implementation.unary { value, budget throws(EvaluationError) in
        let list = try value.expectList(by: name)
        guard var best = list.first else { throw .invalid("\(name) called on empty list") }
        for element in list.dropFirst() where try order(best, element, for: name, &budget) == instead {
            best = element
        }
        return best
    }
    return Function(
        name,
        overloads: comparable.map { typeName, type in
            .method("list_\(typeName)_\(name)_\(typeName)", [.list(type)], type, implementation)
        })
}

private func search(_ name: String, fromEnd: Bool = false) -> Overload.Implementation {
    .binary { value, wanted, budget throws(EvaluationError) in
        let list = try value.expectList(by: name)
        for step in list.indices {
            try budget.spend(1)
            let index = fromEnd ? list.count - 1 - step : step
            if try list[index].equals(wanted, &budget) { return .int(Int64(index)) }
        }
        return -1
    }
}

/// Whether a list has an element; of anything that is no list, whether it is the element itself.
private let includes = Function(
    "includes",
    .method(
        "list_includes_dyn_dyn", [.dyn, .dyn], .bool,
        .binary { target, wanted, budget throws(EvaluationError) in
            guard case .list(let list) = target else { return .bool(try target.equals(wanted, &budget)) }
            for element in list {
                try budget.spend(1)
                if try element.equals(wanted, &budget) { return true }
            }
            return false
        }))
