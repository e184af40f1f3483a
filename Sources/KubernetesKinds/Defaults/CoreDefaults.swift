// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

extension KindDefaults {
    static let coreRules: [String: Rule] = [
        "core.v1.ServiceSpec": { spec in
            spec.fill("type", "ClusterIP")
            spec.fill("sessionAffinity", "None")
            if spec.text("sessionAffinity") == "ClientIP" {
                spec.fill("sessionAffinityConfig", [:])
                spec.change("sessionAffinityConfig") { config in
                    config.fill("clientIP", [:])
                    config.change("clientIP") { $0.fill("timeoutSeconds", 10_800) }
                }
            }
            let type = spec.text("type")
            let isPublished = type == "NodePort" || type == "LoadBalancer"
            if isPublished || (type == "ClusterIP" && !spec.items("externalIPs").isEmpty) {
                spec.fill("externalTrafficPolicy", "Cluster")
            }
            if isPublished || type == "ClusterIP" { spec.fill("internalTrafficPolicy", "Cluster") }
            if type == "LoadBalancer" { spec.fill("allocateLoadBalancerNodePorts", true) }
        },
        "core.v1.ServicePort": { port in
            port.fill("protocol", "TCP")
            if port.number("targetPort") == 0 { port["targetPort"] = nil }
            if let number = port["port"] { port.fill("targetPort", number) }
        },
        "core.v1.EndpointPort": { $0.fill("protocol", "TCP") },
        "core.v1.Secret": { secret in
            secret.fill("type", "Opaque")
            mergeTexts(&secret)
        },
        "core.v1.Namespace": { namespace in
            let name = namespace.text("metadata", "name")
            if !name.isEmpty {
                namespace.change("metadata") { metadata in
                    metadata.fill("labels", [:])
                    metadata.change("labels") { $0["kubernetes.io/metadata.name"] = .string(name) }
                }
            }
            namespace.fill("status", [:])
            namespace.change("status") { $0.fill("phase", "Active") }
        },
        "core.v1.LimitRangeItem": { item in
            guard item.text("type") == "Container" else { return }
            take(into: "default", from: "max", of: &item)
            take(into: "defaultRequest", from: "default", of: &item)
            take(into: "defaultRequest", from: "min", of: &item)
        },
    ]

    /// Texts of a secret become data, and are not kept as texts.
    private static func mergeTexts(_ secret: inout JSON) {
        guard case .object(let texts)? = secret["stringData"] else { return }
        secret["stringData"] = nil
        guard !texts.isEmpty else { return }
        secret.fill("data", [:])
        secret.change("data") { data in
            for (key, text) in texts { data[key] = .string(Array((text.string ?? "").utf8).base64) }
        }
    }

    private static func take(into key: String, from other: String, of item: inout JSON) {
        guard case .object(let amounts)? = item[other], !amounts.isEmpty else { return }
        item.fill(key, [:])
        item.change(key) { target in
            for (name, amount) in amounts { target.fill(name, amount) }
        }
    }
}
