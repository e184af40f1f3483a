// SPDX-License-Identifier: Apache-2.0

internal import CEL
internal import Web

extension NetworkFunctions {
    /// `containsIP`, `containsCIDR`, `masked`, `isMask`, `prefixLength`.
    static let networkTests = [
        Function(
            "containsIP",
            relation("cidr_contains_ip_ip", AddressValue.type) { network, address throws(EvaluationError) in
                try network.contains(address.expectAddress(by: "containsIP"))
            },
            relation("cidr_contains_ip_string", .string) { network, text throws(EvaluationError) in
                let value = try address(text.expectString(by: "containsIP"))
                return try network.contains(value.expectAddress(by: "containsIP"))
            }),
        Function(
            "containsCIDR",
            relation("cidr_contains_cidr", NetworkValue.type) { network, other throws(EvaluationError) in
                try network.contains(other.expectNetwork(by: "containsCIDR"))
            },
            relation("cidr_contains_cidr_string", .string) { range, text throws(EvaluationError) in
                let value = try network(text.expectString(by: "containsCIDR"))
                return try range.contains(value.expectNetwork(by: "containsCIDR"))
            }),
        ofNetwork("masked", "cidr_masked", NetworkValue.type) { .opaque(NetworkValue($0.masked)) },
        ofNetwork("isMask", "cidr_is_mask", .bool) { .bool($0.masked == $0) },
        ofNetwork("prefixLength", "cidr_prefix_length", .int) { .int(Int64($0.prefixLength)) },
    ]

    private static func relation(
        _ id: String, _ type: CELType,
        _ holds: @escaping @Sendable (IPPrefix, Value) throws(EvaluationError) -> Bool
    ) -> Overload {
        .method(
            id, [NetworkValue.type, type], .bool,
            .binary { network, other, budget throws(EvaluationError) in
                if case .string(let text) = other { try budget.read(bytes: text.utf8.count) }
                return try .bool(holds(network.expectNetwork(by: id), other))
            })
    }

    private static func ofNetwork(
        _ name: String, _ id: String, _ result: CELType, _ body: @escaping @Sendable (IPPrefix) -> Value
    ) -> Function {
        Function(
            name,
            .method(
                id, [NetworkValue.type], result,
                .unary { value, _ throws(EvaluationError) in try body(value.expectNetwork(by: name)) }))
    }
}
