// SPDX-License-Identifier: Apache-2.0

internal import CEL

/// How macros are written: a macro declares only its name and how many arguments it takes.
enum Macros {
    private static let known: [String: String] = [
        "has/1": "has(e.field) -> bool",
        "all/2": "range.all(x, condition) -> bool",
        "exists/2": "range.exists(x, condition) -> bool",
        "exists_one/2": "range.exists_one(x, condition) -> bool",
        "existsOne/2": "range.existsOne(x, condition) -> bool",
        "filter/2": "range.filter(x, condition) -> list",
        "map/2": "range.map(x, e) -> list",
        "map/3": "range.map(x, condition, e) -> list",
        "all/3": "range.all(i, x, condition) -> bool",
        "exists/3": "range.exists(i, x, condition) -> bool",
        "exists_one/3": "range.exists_one(i, x, condition) -> bool",
        "existsOne/3": "range.existsOne(i, x, condition) -> bool",
        "transformList/3": "range.transformList(i, x, e) -> list",
        "transformList/4": "range.transformList(i, x, condition, e) -> list",
        "transformMap/3": "range.transformMap(i, x, e) -> map",
        "transformMap/4": "range.transformMap(i, x, condition, e) -> map",
        "transformMapEntry/3": "range.transformMapEntry(i, x, {key: value}) -> map",
        "transformMapEntry/4": "range.transformMapEntry(i, x, condition, {key: value}) -> map",
        "bind/3": "cel.bind(x, value, e)",
        "block/2": "cel.block([e, …], e)",
        "greatest": "math.greatest(number, …) -> number",
        "least": "math.least(number, …) -> number",
        "sortBy/2": "range.sortBy(x, key) -> list",
        "newCondition": "runtime.newCondition({type: e, status: e}) -> map",
        "optMap/2": "optional.optMap(x, e) -> optional",
        "optFlatMap/2": "optional.optFlatMap(x, e) -> optional",
    ]

    /// What each macro can stand behind.
    static let receivers: [String: [String]] = {
        var receivers: [String: [String]] = [:]
        for (key, signature) in known {
            let name = String(key.prefix { $0 != "/" })
            if signature.hasPrefix("range.") { receivers[name] = name == "sortBy" ? ["list"] : ["list", "map"] }
            if signature.hasPrefix("optional.") { receivers[name] = ["optional_type"] }
        }
        return receivers
    }()

    /// The name that a person types: that of a namespaced macro with its namespace.
    static func name(_ macro: Macro) -> String {
        let text = signature(macro)
        let name = text.prefix { $0 != "(" }
        return ["range.", "optional.", "e."].contains { name.hasPrefix($0) } ? macro.name : String(name)
    }

    static func signature(_ macro: Macro) -> String {
        let count = macro.argumentCount.map { "/\($0)" } ?? ""
        if let signature = known[macro.name + count] { return signature }
        let arguments = macro.argumentCount.map { Array(repeating: "e", count: $0).joined(separator: ", ") } ?? "e, …"
        return "\(macro.isMethod ? "e." : "")\(macro.name)(\(arguments))"
    }
}
