// SPDX-License-Identifier: Apache-2.0

internal import Documents

extension KindDefaults {
    static let podRules: [String: Rule] = [
        "core.v1.PodSpec": { spec in
            spec.fill("dnsPolicy", "ClusterFirst")
            spec.fill("restartPolicy", "Always")
            spec.fill("schedulerName", "default-scheduler")
            spec.fill("securityContext", [:])
            spec.fill("terminationGracePeriodSeconds", 30)
            // The older name is kept in step.
            let account = spec.text("serviceAccountName")
            if !account.isEmpty {
                spec["serviceAccount"] = .string(account)
            } else if !spec.text("serviceAccount").isEmpty {
                spec["serviceAccountName"] = spec["serviceAccount"]
            }
        },
        "core.v1.Pod": { pod in
            pod.change("spec") { spec in
                spec.fill("enableServiceLinks", true)
                let usesHost = spec.flag("hostNetwork")
                for key in ["containers", "initContainers"] {
                    spec.changeEach(key) { container in
                        container.change("resources", requestLimits)
                        guard usesHost else { return }
                        container.changeEach("ports") { port in
                            if let number = port["containerPort"] { port.fill("hostPort", number) }
                        }
                    }
                }
            }
            pod.fill("status", [:])
            pod.change("status") { $0.fill("phase", "Pending") }
        },
        "core.v1.Container": container, "core.v1.EphemeralContainer": container,
        "core.v1.Probe": { probe in
            for (key, value) in [
                ("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3),
            ] where probe.number(key) ?? 0 == 0 {
                probe[key] = .integer(value)
            }
            probe.change("grpc") { grpc in if grpc["service"] == nil { grpc["service"] = "" } }
        },
        "core.v1.HTTPGetAction": { action in
            action.fill("path", "/")
            action.fill("scheme", "HTTP")
        },
        "core.v1.ObjectFieldSelector": { $0.fill("apiVersion", "v1") },
    ]

    private static let container: Rule = { container in
        container.fill("imagePullPolicy", ImageName(container.text("image")).isLatest ? "Always" : "IfNotPresent")
        container.fill("terminationMessagePath", "/dev/termination-log")
        container.fill("terminationMessagePolicy", "File")
        container.fill("resources", [:])
    }

    /// What is limited is requested as well, unless the request is given.
    private static func requestLimits(_ resources: inout JSON) {
        guard case .object(let limits)? = resources["limits"], !limits.isEmpty else { return }
        resources.fill("requests", [:])
        resources.change("requests") { requests in
            for (key, value) in limits { requests.fill(key, value) }
        }
    }
}

/// The parts of an image's name that say whether it can change under its name.
private struct ImageName {
    /// Whether the tag is `latest`, which it is when neither tag nor digest are given.
    let isLatest: Bool

    init(_ name: String) {
        let parts = name.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let last = parts.first?.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        let tag = last.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first
        isLatest = tag.map { $0 == "latest" } ?? (parts.count < 2)
    }
}
