// SPDX-License-Identifier: Apache-2.0

internal import Documents

extension KindDefaults {
    private static let accessGroup: JSON = "rbac.authorization.k8s.io"

    static let otherRules: [String: Rule] = [
        "networking.v1.NetworkPolicySpec": { spec in
            guard spec.items("policyTypes").isEmpty else { return }
            spec["policyTypes"] = spec.items("egress").isEmpty ? ["Ingress"] : ["Ingress", "Egress"]
        },
        "networking.v1.NetworkPolicyPort": { $0.fill("protocol", "TCP") },
        "networking.v1.IngressClassParametersReference": { $0.fill("scope", "Cluster") },
        "discovery.v1.EndpointPort": { port in
            if port["name"] == nil { port["name"] = "" }
            port.fill("protocol", "TCP")
        },
        "rbac.v1.RoleRef": { $0.fill("apiGroup", accessGroup) },
        "rbac.v1.Subject": { subject in
            switch subject.text("kind") {
            case "User", "Group": subject.fill("apiGroup", accessGroup)
            default: break
            }
        },
        "scheduling.v1.PriorityClass": { $0.fill("preemptionPolicy", "PreemptLowerPriority") },
        "authentication.v1.TokenRequestSpec": { $0.fill("expirationSeconds", 3600) },
        "apiextensions.v1.CustomResourceDefinitionSpec": { spec in
            spec.fill("conversion", [:])
            spec.change("conversion") { $0.fill("strategy", "None") }
            spec.change("names") { names in
                let kind = names.text("kind")
                names.fill("singular", .string(kind.lowercased()))
                names.fill("listKind", .string(kind.isEmpty ? "" : "\(kind)List"))
            }
        },
        "apiextensions.v1.ServiceReference": { $0.fill("port", 443) },
    ]
}
