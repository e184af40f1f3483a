// SPDX-License-Identifier: Apache-2.0

public import CEL
internal import Web

extension Library {
    /// `cidr(string)`, `isCIDR(string)` and what can be asked of a `net.CIDR`.
    public static let kubernetesCIDR = Library(
        "kubernetes.net.cidr",
        functions: [
            Function(
                "cidr",
                .function(
                    "string_to_cidr", [.string], NetworkValue.type,
                    .string(for: "cidr") { text, _ throws(EvaluationError) in
                        .opaque(try NetworkValue(kubernetes: text))
                    })),
            Function(
                "isCIDR",
                .function(
                    "is_cidr", [.string], .bool,
                    .string(for: "isCIDR") { text, _ throws(EvaluationError) in
                        .bool(IPPrefix(text, allowsMapped: false) != nil)
                    })),
            containment(
                "containsIP", "cidr_contains_ip", AddressValue.self, suffix: "_ip",
                parse: { text throws(EvaluationError) in try AddressValue(kubernetes: text) },
                { $0.contains($1.address) }),
            containment(
                "containsCIDR", "cidr_contains_cidr", NetworkValue.self, suffix: "",
                parse: { text throws(EvaluationError) in try NetworkValue(kubernetes: text) },
                { $0.contains($1.network) }),
            part("ip", "cidr_ip", AddressValue.type) { .opaque(AddressValue($0.address)) },
            part("prefixLength", "cidr_prefix_length", .int) { .int(Int64($0.prefixLength)) },
            part("masked", "cidr_masked", NetworkValue.type) { .opaque(NetworkValue($0.masked)) },
            Function(
                "string",
                .function(
                    "cidr_to_string", [NetworkValue.type], .string,
                    .opaque(NetworkValue.self, for: "string") { value throws(EvaluationError) in .string(value.text) })),
        ],
        types: [NetworkValue.type, AddressValue.type])

    private static func part(
        _ name: String, _ id: String, _ result: CELType, _ body: @escaping @Sendable (IPPrefix) -> Value
    ) -> Function {
        Function(
            name,
            .method(
                id, [NetworkValue.type], result,
                .opaque(NetworkValue.self, for: name) { value throws(EvaluationError) in body(value.network) }))
    }

    /// Both forms of a question whether something is within a network: for a text and for a value.
    private static func containment<Inner: OpaqueValue>(
        _ name: String, _ id: String, _ type: Inner.Type, suffix: String,
        parse: @escaping @Sendable (String) throws(EvaluationError) -> Inner,
        _ body: @escaping @Sendable (IPPrefix, Inner) -> Bool
    ) -> Function {
        Function(
            name,
            .method(
                "\(id)_string", [NetworkValue.type, .string], .bool,
                .binary { outer, text, budget throws(EvaluationError) in
                    let text = try text.expectString(by: name)
                    try budget.read(bytes: text.utf8.count)
                    return .bool(body(try outer.expectOpaque(NetworkValue.self, by: name).network, try parse(text)))
                }),
            .method(
                "\(id)\(suffix)", [NetworkValue.type, Inner.type], .bool,
                .binary { outer, inner, _ throws(EvaluationError) in
                    let outer = try outer.expectOpaque(NetworkValue.self, by: name).network
                    return .bool(body(outer, try inner.expectOpaque(Inner.self, by: name)))
                }))
    }
}
