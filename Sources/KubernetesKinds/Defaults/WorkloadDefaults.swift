// SPDX-License-Identifier: Apache-2.0

internal import Documents

extension KindDefaults {
    static let workloadRules: [String: Rule] = [
        "apps.v1.DeploymentSpec": { spec in
            spec.fill("replicas", 1)
            spec.fill("revisionHistoryLimit", 10)
            spec.fill("progressDeadlineSeconds", 600)
            spec.fill("strategy", [:])
            spec.change("strategy") { strategy in
                strategy.fill("type", "RollingUpdate")
                guard strategy.text("type") == "RollingUpdate" else { return }
                strategy.fill("rollingUpdate", [:])
                strategy.change("rollingUpdate") { update in
                    update.fill("maxUnavailable", "25%")
                    update.fill("maxSurge", "25%")
                }
            }
        },
        "apps.v1.ReplicaSetSpec": { $0.fill("replicas", 1) },
        "apps.v1.StatefulSetSpec": { spec in
            spec.fill("replicas", 1)
            spec.fill("revisionHistoryLimit", 10)
            spec.fill("podManagementPolicy", "OrderedReady")
            spec.fill("persistentVolumeClaimRetentionPolicy", [:])
            spec.change("persistentVolumeClaimRetentionPolicy") { policy in
                policy.fill("whenDeleted", "Retain")
                policy.fill("whenScaled", "Retain")
            }
            rollingUpdate(&spec, ["partition": 0])
            // Templates of claims say what they are.
            spec.changeEach("volumeClaimTemplates") { claim in
                claim.fill("apiVersion", "v1")
                claim.fill("kind", "PersistentVolumeClaim")
            }
        },
        "apps.v1.DaemonSetSpec": { spec in
            spec.fill("revisionHistoryLimit", 10)
            rollingUpdate(&spec, ["maxUnavailable": 1, "maxSurge": 0])
        },
        "core.v1.ReplicationController": { controller in
            let labels = controller.members("spec", "template", "metadata", "labels")
            if controller.members("metadata", "labels").isEmpty && !labels.isEmpty {
                controller.change("metadata") { $0["labels"] = .object(labels) }
            }
            controller.change("spec") { spec in
                spec.fill("replicas", 1)
                if !labels.isEmpty { spec.fill("selector", .object(labels)) }
            }
        },
        "batch.v1.Job": { job in
            let labels = job.members("spec", "template", "metadata", "labels")
            if job.members("metadata", "labels").isEmpty && !labels.isEmpty {
                job.change("metadata") { $0["labels"] = .object(labels) }
            }
            job.change("spec", jobSpec)
        },
        "batch.v1.PodFailurePolicyOnPodConditionsPattern": { $0.fill("status", "True") },
        "batch.v1.CronJobSpec": { spec in
            spec.fill("concurrencyPolicy", "Allow")
            spec.fill("suspend", false)
            spec.fill("successfulJobsHistoryLimit", 3)
            spec.fill("failedJobsHistoryLimit", 1)
        },
        "autoscaling.v1.HorizontalPodAutoscalerSpec": { $0.fill("minReplicas", 1) },
        "autoscaling.v2.HorizontalPodAutoscalerSpec": { spec in
            spec.fill("minReplicas", 1)
            if spec.items("metrics").isEmpty {
                spec["metrics"] = [
                    [
                        "type": "Resource",
                        "resource": ["name": "cpu", "target": ["type": "Utilization", "averageUtilization": 80]],
                    ]
                ]
            }
            spec.change("behavior") { behavior in
                behavior.fill("scaleUp", [:])
                behavior.change("scaleUp") { rules in
                    rules.fill("stabilizationWindowSeconds", 0)
                    rules.fill("selectPolicy", "Max")
                    rules.fill("policies", [policy("Pods", 4), policy("Percent", 100)])
                }
                behavior.fill("scaleDown", [:])
                behavior.change("scaleDown") { rules in
                    rules.fill("selectPolicy", "Max")
                    rules.fill("policies", [policy("Percent", 100)])
                }
            }
        },
    ]

    private static func policy(_ type: String, _ value: Int) -> JSON {
        ["type": .string(type), "value": .integer(value), "periodSeconds": 15]
    }

    /// How pods are replaced one after another.
    private static func rollingUpdate(_ spec: inout JSON, _ values: JSONObject) {
        spec.fill("updateStrategy", [:])
        spec.change("updateStrategy") { strategy in
            strategy.fill("type", "RollingUpdate")
            guard strategy.text("type") == "RollingUpdate" else { return }
            strategy.fill("rollingUpdate", [:])
            strategy.change("rollingUpdate") { update in
                for (key, value) in values { update.fill(key, value) }
            }
        }
    }

    private static func jobSpec(_ spec: inout JSON) {
        // Without a number, a job that says how many run at once ends when one has succeeded.
        if spec.at("parallelism") == nil { spec.fill("completions", 1) }
        spec.fill("parallelism", 1)
        spec.fill("backoffLimit", spec.at("backoffLimitPerIndex") == nil ? 6 : .integer(Int32.max))
        spec.fill("completionMode", "NonIndexed")
        spec.fill("manualSelector", false)
        spec.fill("podReplacementPolicy", spec.at("podFailurePolicy") == nil ? "TerminatingOrFailed" : "Failed")
        spec.fill("suspend", false)
    }
}
