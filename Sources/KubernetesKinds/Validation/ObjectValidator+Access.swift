// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes
internal import KubernetesFormats

extension ObjectValidator {
    private static let group = "rbac.authorization.k8s.io"

    mutating func role(_ object: JSON, isNamespaced: Bool) {
        for (index, rule) in object.items("rules").enumerated() {
            let place = FieldPlace("rules")[index]
            let paths = rule.items("nonResourceURLs")
            if rule.items("verbs").isEmpty { required(place["verbs"], "verbs must contain at least one value") }
            guard paths.isEmpty else {
                if isNamespaced {
                    invalid(
                        place["nonResourceURLs"], .array(paths),
                        "namespaced rules cannot apply to non-resource URLs")
                }
                let others = ["apiGroups", "resources", "resourceNames"].contains { !rule.items($0).isEmpty }
                if others {
                    invalid(
                        place["nonResourceURLs"], .array(paths),
                        "rules cannot apply to both regular resources and non-resource URLs")
                }
                continue
            }
            if rule.items("apiGroups").isEmpty {
                required(place["apiGroups"], "resource rules must supply at least one api group")
            }
            if rule.items("resources").isEmpty {
                required(place["resources"], "resource rules must supply at least one resource")
            }
        }
    }

    mutating func binding(_ object: JSON, isNamespaced: Bool) {
        let (role, place) = (object.at("roleRef") ?? [:], FieldPlace("roleRef"))
        if role.text("apiGroup") != Self.group { notSupported(place["apiGroup"], role.text("apiGroup"), [Self.group]) }
        let kinds = isNamespaced ? ["ClusterRole", "Role"] : ["ClusterRole"]
        if !kinds.contains(role.text("kind")) { notSupported(place["kind"], role.text("kind"), kinds) }
        let name = role.text("name")
        if name.isEmpty {
            required(place["name"])
        } else {
            let form = NameForm(GroupVersionKind(Self.group, "v1", "Role"))
            for problem in form.problems(name, isPrefix: false) { invalid(place["name"], .string(name), problem) }
        }
        for (index, subject) in object.items("subjects").enumerated() {
            self.subject(subject, FieldPlace("subjects")[index], isNamespaced: isNamespaced)
        }
    }

    private mutating func subject(_ subject: JSON, _ place: FieldPlace, isNamespaced: Bool) {
        let name = subject.text("name"), group = subject.text("apiGroup")
        if name.isEmpty { required(place["name"]) }
        switch subject.text("kind") {
        case "ServiceAccount":
            if !name.isEmpty { formed(name, .dns1123Subdomain, place["name"]) }
            if !group.isEmpty { notSupported(place["apiGroup"], group, [""]) }
            if !isNamespaced && subject.text("namespace").isEmpty { required(place["namespace"]) }
        case "User", "Group":
            if group != Self.group { notSupported(place["apiGroup"], group, [Self.group]) }
        case let kind: notSupported(place["kind"], kind, ["ServiceAccount", "User", "Group"])
        }
    }

    mutating func tokenRequest(_ object: JSON) {
        let place = FieldPlace("spec.expirationSeconds")
        guard let seconds = object.number("spec", "expirationSeconds") else { return }
        if seconds < 600 { invalid(place, .integer(seconds), "may not specify a duration less than 10 minutes") }
        if seconds > 1 << 32 {
            invalid(place, .integer(seconds), "may not specify a duration larger than 2^32 seconds")
        }
    }

    mutating func bindingUpdate(_ object: JSON, _ old: JSON) {
        guard object.at("roleRef") != old.at("roleRef") else { return }
        let role = object.at("roleRef") ?? [:]
        let parts = [("APIGroup", "apiGroup"), ("Kind", "kind"), ("Name", "name")].map {
            "\($0.0):\(ValueText.quoted(role.text($0.1)))"
        }
        add(
            FieldError(
                .invalid, FieldPlace("roleRef"), value: role,
                valueText: "rbac.RoleRef{\(parts.joined(separator: ", "))}", "cannot change roleRef"))
    }
}
