// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes
internal import KubernetesFormats

/// What is wrong with a CustomResourceDefinition.
struct DefinitionCheck {
    var errors: [FieldError] = []
    let json: JSON
    let spec: JSON
    let options: CustomResourceDefinition.Options

    init(_ json: JSON, _ options: CustomResourceDefinition.Options) {
        (self.json, spec, self.options) = (json, json["spec"] ?? .null, options)
    }

    static let path = FieldPath("spec")

    /// Checks all parts; the versions are those that are right.
    mutating func run(replacing old: JSON?) -> [CustomResourceDefinition.Version] {
        guard spec.object != nil else {
            errors.append(.required(Self.path))
            return []
        }
        checkName()
        checkGroup()
        checkChoice("scope", spec["scope"], ["Cluster", "Namespaced"], Self.path)
        if spec["preserveUnknownFields"] == true {
            errors.append(.invalid(Self.path.child("preserveUnknownFields"), true, "must be false"))
        }
        let versions = checkVersions()
        checkNames()
        checkConversion()
        checkStoredVersions()
        if let old { checkUnchanged(old) }
        return versions
    }

    func text(_ json: JSON?, _ name: String) -> String { json?[name]?.string ?? "" }

    private mutating func checkName() {
        let name = text(json["metadata"], "name"), path = FieldPath("metadata").child("name")
        guard !name.isEmpty else { return errors.append(.required(path, "name or generateName is required")) }
        var problems = NamedFormat.dns1123Subdomain.validate(name)
        if name != "\(text(spec["names"], "plural")).\(text(spec, "group"))" {
            problems.append("must be spec.names.plural+\".\"+spec.group")
        }
        errors += problems.map { .invalid(path, .string(name), $0) }
    }

    private mutating func checkGroup() {
        let group = text(spec, "group"), path = Self.path.child("group")
        guard !group.isEmpty else { return errors.append(.required(path)) }
        let problems = NamedFormat.dns1123Subdomain.validate(group)
        if !problems.isEmpty {
            errors.append(.invalid(path, .string(group), problems.joined(separator: ",")))
        } else if !group.contains(".") {
            errors.append(.invalid(path, .string(group), "should be a domain with at least one dot"))
        }
        let approval = "api-approved.kubernetes.io"
        if group.hasSuffix(".k8s.io") || group.hasSuffix(".kubernetes.io"),
            text(json["metadata"]?["annotations"], approval).isEmpty
        {
            errors.append(
                .required(
                    FieldPath("metadata").child("annotations").key(approval),
                    "protected groups must have approval annotation \"\(approval)\", see "
                        + "https://github.com/kubernetes/enhancements/pull/1111"))
        }
    }

    private mutating func checkChoice(_ name: String, _ value: JSON?, _ choices: [String], _ path: FieldPath) {
        let text = value?.string ?? ""
        if text.isEmpty {
            errors.append(.required(path.child(name)))
        } else if !choices.contains(text) {
            errors.append(.notSupported(path.child(name), .string(text), choices))
        }
    }

    private mutating func checkNames() {
        let names = spec["names"] ?? .null, path = Self.path.child("names")
        for name in ["plural", "singular", "kind", "listKind"] where text(names, name).isEmpty {
            errors.append(.required(path.child(name)))
        }
        for name in ["plural", "singular"] { checkLabel(text(names, name), path.child(name)) }
        for name in ["kind", "listKind"] {
            let value = text(names, name), problems = NamedFormat.dns1035Label.validate(value.lowercased())
            guard !value.isEmpty, !problems.isEmpty else { continue }
            let detail = "may have mixed case, but should otherwise match: \(problems.joined(separator: ","))"
            errors.append(.invalid(path.child(name), .string(value), detail))
        }
        if !text(names, "kind").isEmpty, text(names, "kind") == text(names, "listKind") {
            errors.append(
                .invalid(
                    path.child("listKind"), .string(text(names, "listKind")), "kind and listKind may not be the same"))
        }
        for name in ["shortNames", "categories"] {
            for (index, value) in (names[name]?.array ?? []).enumerated() {
                checkLabel(value.string ?? "", path.child(name).index(index), isOptional: false)
            }
        }
    }

    private mutating func checkLabel(_ value: String, _ path: FieldPath, isOptional: Bool = true) {
        guard !value.isEmpty || !isOptional else { return }
        let problems = NamedFormat.dns1035Label.validate(value)
        guard !problems.isEmpty else { return }
        errors.append(.invalid(path, .string(value), problems.joined(separator: ",")))
    }

    private mutating func checkConversion() {
        guard let conversion = spec["conversion"], conversion != .null else { return }
        let path = Self.path.child("conversion"), webhook = conversion["webhook"] ?? .null
        checkChoice("strategy", conversion["strategy"], ["None", "Webhook"], path)
        let reviews = webhook["conversionReviewVersions"]?.array?.compactMap(\.string) ?? []
        guard conversion["strategy"] == "Webhook" else {
            let detail = "should not be set when strategy is not set to Webhook"
            if let config = webhook["clientConfig"], config != .null {
                errors.append(.forbidden(path.child("webhookClientConfig"), detail))
            }
            if !reviews.isEmpty { errors.append(.forbidden(path.child("conversionReviewVersions"), detail)) }
            return
        }
        guard options.acceptsWebhooks else {
            errors.append(.notSupported(path.child("strategy"), "Webhook", ["None"]))
            return
        }
        let config = webhook["clientConfig"] ?? .null, place = path.child("webhookClientConfig")
        if config == .null {
            errors.append(.required(place, "required when strategy is set to Webhook"))
        } else if (config["url"] ?? .null) == .null, (config["service"] ?? .null) == .null {
            errors.append(.required(place, "exactly one of url or service is required"))
        } else if (config["url"] ?? .null) != .null, (config["service"] ?? .null) != .null {
            errors.append(.required(place, "exactly one of url or service is required"))
        }
        let known = ["v1", "v1beta1"], versions = path.child("conversionReviewVersions")
        if reviews.isEmpty {
            errors.append(.required(versions))
        } else if !reviews.contains(where: known.contains) {
            let value = JSON.array(reviews.map { .string($0) })
            errors.append(.invalid(versions, value, "must include at least one of \(known.joined(separator: ", "))"))
        }
    }

    private mutating func checkStoredVersions() {
        let path = FieldPath("status").child("storedVersions")
        let stored = json["status"]?["storedVersions"]?.array?.compactMap(\.string) ?? []
        let value = JSON.array(stored.map { .string($0) })
        guard !stored.isEmpty else {
            errors.append(.invalid(path, value, "must have at least one stored version"))
            return
        }
        let versions = spec["versions"]?.array ?? []
        for version in versions where version["storage"] == true && !stored.contains(text(version, "name")) {
            errors.append(.invalid(path, value, "must have the storage version \(text(version, "name"))"))
        }
        for (index, name) in stored.enumerated() where !versions.contains(where: { text($0, "name") == name }) {
            errors.append(
                .invalid(
                    path.index(index), .string(name),
                    "missing from spec.versions; \(name) was previously a storage version, and must remain in "
                        + "spec.versions until a storage migration ensures no data remains persisted in \(name) and "
                        + "removes \(name) from status.storedVersions"))
        }
    }

    private mutating func checkUnchanged(_ old: JSON) {
        let before = old["spec"] ?? .null
        let conditions = old["status"]?["conditions"]?.array ?? []
        var fields = [
            (["group"], Self.path.child("group")), (["names", "plural"], Self.path.child("names").child("plural")),
        ]
        if conditions.contains(where: { $0["type"] == "Established" && $0["status"] == "True" }) {
            fields.insert((["names", "kind"], Self.path.child("names").child("kind")), at: 0)
            fields.insert((["scope"], Self.path.child("scope")), at: 0)
        }
        for (names, path) in fields {
            let value = names.reduce(spec as JSON?) { $0?[$1] }
            guard value != names.reduce(before as JSON?, { $0?[$1] }) else { continue }
            errors.append(.invalid(path, value ?? "", "field is immutable"))
        }
    }
}
