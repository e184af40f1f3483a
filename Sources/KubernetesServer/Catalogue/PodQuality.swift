// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// The class of a pod by what its containers ask for (`status.qosClass`).
enum PodQuality {
    static func of(_ pod: JSON) -> String {
        let containers = ["initContainers", "containers"].flatMap { pod["spec"]?[$0]?.array ?? [] }
        let kinds = ["cpu", "memory"]
        func amount(_ container: JSON, _ part: String, _ kind: String) -> String? {
            let text = container["resources"]?[part]?[kind]?.string
            return text == "0" ? nil : text
        }
        let asks = containers.contains { container in
            kinds.contains { amount(container, "limits", $0) != nil || amount(container, "requests", $0) != nil }
        }
        guard asks else { return "BestEffort" }
        let isGuaranteed = containers.allSatisfy { container in
            kinds.allSatisfy { kind in
                guard let limit = amount(container, "limits", kind) else { return false }
                return (amount(container, "requests", kind) ?? limit) == limit
            }
        }
        return isGuaranteed ? "Guaranteed" : "Burstable"
    }
}
