// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import CEL
internal import Web

extension Library {
    /// `ip(string)`, `isIP(string)`, `ip.isCanonical(string)` and what can be asked of a `net.IP`.
    public static let kubernetesIP = Library(
        "kubernetes.net.ip",
        functions: [
            Function(
                "ip",
                .function(
                    "string_to_ip", [.string], AddressValue.type,
                    .string(for: "ip") { text, _ throws(EvaluationError) in .opaque(try AddressValue(kubernetes: text))
                    })),
            Function(
                "isIP",
                .function(
                    "is_ip", [.string], .bool,
                    .string(for: "isIP") { text, _ throws(EvaluationError) in
                        .bool(IPAddress(text, allowsMapped: false) != nil)
                    })),
            Function(
                "ip.isCanonical",
                .function(
                    "ip_is_canonical", [.string], .bool,
                    .string(for: "ip.isCanonical") { text, _ throws(EvaluationError) in
                        .bool(try AddressValue(kubernetes: text).text.hasSameScalars(as: text))
                    })),
            Function(
                "string",
                .function(
                    "ip_to_string", [AddressValue.type], .string,
                    .opaque(AddressValue.self, for: "string") { value throws(EvaluationError) in .string(value.text) })
            ),
            question("family", "ip_family", .int) { .int(Int64($0.family.rawValue)) },
            question("isUnspecified", "ip_is_unspecified") { .bool($0.isUnspecified) },
            question("isLoopback", "ip_is_loopback") { .bool($0.isLoopback) },
            question("isLinkLocalMulticast", "ip_is_link_local_multicast") { .bool($0.isLinkLocalMulticast) },
            question("isLinkLocalUnicast", "ip_is_link_local_unicast") { .bool($0.isLinkLocalUnicast) },
            question("isGlobalUnicast", "ip_is_global_unicast") { .bool($0.isGlobalUnicast) },
        ],
        types: [AddressValue.type])

    private static func question(
        _ name: String, _ id: String, _ result: CELType = .bool, _ body: @escaping @Sendable (IPAddress) -> Value
    ) -> Function {
        Function(
            name,
            .method(
                id, [AddressValue.type], result,
                .opaque(AddressValue.self, for: name) { value throws(EvaluationError) in body(value.address) }))
    }
}
