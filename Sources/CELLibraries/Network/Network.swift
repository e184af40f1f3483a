// SPDX-License-Identifier: Apache-2.0

public import CEL
internal import Web

extension Library {
    /// IP addresses and networks: `ip`, `cidr`, `isIP`, `isCIDR`, `ip.isCanonical`, and what can be asked of the two
    /// types `net.IP` and `net.CIDR`.
    ///
    /// A text that is known before the expression runs is read then, and refused then when it is no address.
    public static let network = Library(
        "network",
        functions: NetworkFunctions.conversions + NetworkFunctions.addressTests + NetworkFunctions.networkTests,
        types: [AddressValue.type, NetworkValue.type])
}

/// The functions of `Library.network`.
enum NetworkFunctions {
    /// `ip(text)`, `cidr(text)`, `network.ip()`, `isIP(text)`, `isCIDR(text)`, `ip.isCanonical(text)`, `string(x)`.
    static let conversions = [
        Function(
            "ip",
            ofText("string_to_ip", AddressValue.type) { text throws(EvaluationError) in try address(text) }.early,
            .method(
                "cidr_ip", [NetworkValue.type], AddressValue.type,
                .unary { value, _ throws(EvaluationError) in
                    try .opaque(AddressValue(value.expectNetwork(by: "ip").address))
                })),
        Function(
            "cidr",
            ofText("string_to_cidr", NetworkValue.type) { text throws(EvaluationError) in try network(text) }.early),
        Function("isIP", ofText("is_ip", .bool) { .bool((try? address($0)) != nil) }),
        Function("isCIDR", ofText("is_cidr", .bool) { .bool((try? network($0)) != nil) }),
        Function(
            "ip.isCanonical",
            ofText("ip_is_canonical", .bool) { text throws(EvaluationError) in
                let canonical = try address(text).expectAddress(by: "ip.isCanonical").description
                return .bool(canonical.utf8.elementsEqual(text.utf8))
            }),
        Function(
            "string",
            .function(
                "ip_to_string", [AddressValue.type], .string,
                .unary { value, _ throws(EvaluationError) in
                    try .string(value.expectAddress(by: "string").description)
                }),
            .function(
                "cidr_to_string", [NetworkValue.type], .string,
                .unary { value, _ throws(EvaluationError) in
                    try .string(value.expectNetwork(by: "string").description)
                })),
    ]

    /// A function of a text.
    private static func ofText(
        _ id: String, _ result: CELType, _ body: @escaping @Sendable (String) throws(EvaluationError) -> Value
    ) -> Overload {
        .function(
            id, [.string], result,
            .unary { value, budget throws(EvaluationError) in
                let text = try value.expectString(by: id)
                try budget.read(bytes: text.utf8.count)
                return try body(text)
            })
    }

    /// `family`, `isUnspecified`, `isLoopback`, `isLinkLocalMulticast`, `isLinkLocalUnicast`, `isGlobalUnicast`.
    static let addressTests = [
        ofAddress("family", "ip_family", .int) { .int($0.family == .v4 ? 4 : 6) },
        ofAddress("isUnspecified", "ip_is_unspecified", .bool) { .bool($0.isUnspecified) },
        ofAddress("isLoopback", "ip_is_loopback", .bool) { .bool($0.isLoopback) },
        ofAddress("isLinkLocalMulticast", "ip_is_link_local_multicast", .bool) { .bool($0.isLinkLocalMulticast) },
        ofAddress("isLinkLocalUnicast", "ip_is_link_local_unicast", .bool) { .bool($0.isLinkLocalUnicast) },
        ofAddress("isGlobalUnicast", "ip_is_global_unicast", .bool) { .bool($0.isGlobalUnicast) },
    ]

    private static func ofAddress(
        _ name: String, _ id: String, _ result: CELType, _ body: @escaping @Sendable (IPAddress) -> Value
    ) -> Function {
        Function(
            name,
            .method(
                id, [AddressValue.type], result,
                .unary { value, _ throws(EvaluationError) in try body(value.expectAddress(by: name)) }))
    }
}

extension Overload {
    /// The same form, of a constant argument called before the expression runs.
    fileprivate var early: Overload {
        let implementation = implementation
        return specialized { constants, budget throws(EvaluationError) in
            guard let constant = constants[0] else { return nil }
            let result = try implementation([constant], &budget)
            return .unary { _, _ throws(EvaluationError) in result }
        }
    }
}
