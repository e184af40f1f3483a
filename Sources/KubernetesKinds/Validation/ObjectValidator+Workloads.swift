// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes

extension ObjectValidator {
    private static let place = FieldPlace("spec")

    /// A selector that must find the pods of the template beside it.
    private mutating func podSelector(_ spec: JSON, _ kind: String) {
        let place = Self.place
        let selector = spec.at("selector")
        let labels = spec.members("template", "metadata", "labels")
        guard let selector else {
            required(place["selector"])
            return mismatch(labels)
        }
        self.selector(selector, place["selector"])
        if selector.members("matchLabels").isEmpty && selector.items("matchExpressions").isEmpty {
            add(
                FieldError(
                    .invalid, place["selector"], value: selector, valueText: ValueText.selector(selector),
                    "empty selector is invalid for \(kind)"))
        } else if !Self.matches(selector, labels) {
            mismatch(labels)
        }
    }

    private mutating func mismatch(_ labels: JSONObject) {
        let text = labels.isEmpty ? "map[string]string(nil)" : ValueText.map(labels)
        add(
            FieldError(
                .invalid, Self.place["template.metadata.labels"], value: .object(labels), valueText: text,
                "`selector` does not match template `labels`"))
    }

    private static func matches(_ selector: JSON, _ labels: JSONObject) -> Bool {
        selector.members("matchLabels").allSatisfy { labels[$0.key] == $0.value }
            && selector.items("matchExpressions").allSatisfy { expression in
                let value = labels[expression.text("key")]
                let isListed = value.map { expression.items("values").contains($0) } ?? false
                return switch expression.text("operator") {
                case "In": isListed
                case "NotIn": !isListed
                case "Exists": value != nil
                case "DoesNotExist": value == nil
                default: false
                }
            }
    }

    /// Pods that are always started again.
    private mutating func lastingTemplate(_ spec: JSON) {
        let place = Self.place["template"]
        template(spec.at("template"), place)
        let policy = spec.text("template", "spec", "restartPolicy")
        if !policy.isEmpty && policy != "Always" { notSupported(place["spec.restartPolicy"], policy, ["Always"]) }
        if spec.at("template", "spec", "activeDeadlineSeconds") != nil {
            forbidden(place["spec.activeDeadlineSeconds"], "activeDeadlineSeconds in ReplicaSet is not Supported")
        }
    }

    mutating func replicationController(_ object: JSON) {
        let spec = object.at("spec") ?? [:]
        notNegative(spec, ["replicas", "minReadySeconds"], Self.place)
        if spec.members("selector").isEmpty { required(Self.place["selector"]) }
        guard spec.at("template") != nil else { return required(Self.place["template"]) }
        let labels = spec.members("template", "metadata", "labels")
        if !spec.members("selector").allSatisfy({ labels[$0.key] == $0.value }) { mismatch(labels) }
        lastingTemplate(spec)
    }

    mutating func replicaSet(_ object: JSON) {
        let spec = object.at("spec") ?? [:]
        notNegative(spec, ["replicas", "minReadySeconds"], Self.place)
        podSelector(spec, "deployment")
        lastingTemplate(spec)
    }

    mutating func deployment(_ object: JSON) {
        let (spec, place) = (object.at("spec") ?? [:], Self.place)
        notNegative(spec, ["replicas"], place)
        podSelector(spec, "deployment")
        lastingTemplate(spec)
        let strategy = spec.at("strategy") ?? [:]
        if strategy.text("type") == "Recreate" {
            if strategy.at("rollingUpdate") != nil {
                forbidden(
                    place["strategy.rollingUpdate"], "may not be specified when strategy `type` is 'Recreate'")
            }
        } else if let update = strategy.at("rollingUpdate") {
            rollingUpdate(update, place["strategy.rollingUpdate"])
        }
        notNegative(spec, ["minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"], place)
        if let deadline = spec.number("progressDeadlineSeconds"), deadline <= spec.number("minReadySeconds") ?? 0 {
            invalid(place["progressDeadlineSeconds"], .integer(deadline), "must be greater than minReadySeconds")
        }
    }

    private mutating func rollingUpdate(_ update: JSON, _ place: FieldPlace) {
        for key in ["maxUnavailable", "maxSurge"] { countOrPercent(update.at(key), place[key]) }
        func isZero(_ key: String) -> Bool {
            guard let value = update.at(key) else { return true }
            return value.int == 0 || value.string == "0%"
        }
        if isZero("maxUnavailable") && isZero("maxSurge") {
            invalid(place["maxUnavailable"], update.at("maxUnavailable") ?? 0, "may not be 0 when `maxSurge` is 0")
        }
    }

    mutating func daemonSet(_ object: JSON) {
        let spec = object.at("spec") ?? [:]
        podSelector(spec, "daemonset")
        lastingTemplate(spec)
        notNegative(spec, ["minReadySeconds", "revisionHistoryLimit"], Self.place)
        if let update = spec.at("updateStrategy", "rollingUpdate") {
            rollingUpdate(update, Self.place["updateStrategy.rollingUpdate"])
        }
    }

    mutating func statefulSet(_ object: JSON) {
        let spec = object.at("spec") ?? [:]
        notNegative(spec, ["replicas", "minReadySeconds", "revisionHistoryLimit"], Self.place)
        podSelector(spec, "statefulset")
        lastingTemplate(spec)
        if let partition = spec.number("updateStrategy", "rollingUpdate", "partition"), partition < 0 {
            invalid(
                Self.place["updateStrategy.rollingUpdate.partition"], .integer(partition),
                "must be greater than or equal to 0")
        }
    }

    mutating func selectorUpdate(_ object: JSON, _ old: JSON) {
        let selector = object.at("spec", "selector")
        guard selector != old.at("spec", "selector") else { return }
        add(
            FieldError(
                .invalid, Self.place["selector"], value: selector ?? [:], valueText: ValueText.selector(selector),
                "field is immutable"))
    }

    mutating func statefulSetUpdate(_ object: JSON, _ old: JSON) {
        let free = [
            "replicas", "ordinals", "template", "updateStrategy", "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds",
        ]
        func fixed(_ object: JSON) -> JSON {
            var spec = object.at("spec") ?? [:]
            for key in free + ["revisionHistoryLimit"] { spec[key] = nil }
            return spec
        }
        guard fixed(object) != fixed(old) else { return }
        let names = free.dropLast().map { "'\($0)'" }.joined(separator: ", ")
        forbidden(
            Self.place,
            "updates to statefulset spec for fields other than \(names) and 'minReadySeconds' are forbidden")
    }
}
