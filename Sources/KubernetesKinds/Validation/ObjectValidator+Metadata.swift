// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes
internal import KubernetesFormats

extension ObjectValidator {
    /// What every object has.
    mutating func metadata(_ object: JSON, _ kind: GroupVersionKind, isNamespaced: Bool, old: JSON?) {
        let place = FieldPlace("metadata")
        let metadata = object.at("metadata") ?? [:]
        let rule = NameForm(kind)
        let (name, generated) = (metadata.text("name"), metadata.text("generateName"))
        if !generated.isEmpty {
            for problem in rule.problems(generated, isPrefix: true) {
                invalid(place["generateName"], .string(generated), problem)
            }
        }
        if name.isEmpty && generated.isEmpty {
            required(place["name"], "name or generateName is required")
        } else if !name.isEmpty {
            for problem in rule.problems(name, isPrefix: false) { invalid(place["name"], .string(name), problem) }
        }
        let namespace = metadata.text("namespace")
        if isNamespaced {
            if namespace.isEmpty {
                required(place["namespace"])
            } else {
                formed(namespace, .dns1123Label, place["namespace"])
            }
        } else if !namespace.isEmpty {
            forbidden(place["namespace"], "not allowed on this type")
        }
        labels(metadata.members("labels"), place["labels"])
        annotations(metadata.members("annotations"), place["annotations"])
        owners(metadata.items("ownerReferences"), place["ownerReferences"])
        for finalizer in metadata.items("finalizers").compactMap(\.string) {
            formed(finalizer, .qualifiedName, place["finalizers"])
        }
        if let old { metadataUpdate(metadata, old.at("metadata") ?? [:], place) }
    }

    /// Annotations may have 256 KiB; their keys may be in upper case.
    private mutating func annotations(_ annotations: JSONObject, _ place: FieldPlace) {
        var size = 0
        for (key, value) in annotations {
            for problem in NamedFormat.qualifiedName.validate(key.lowercased()) {
                invalid(place, .string(key), problem)
            }
            size += key.utf8.count + (value.string?.utf8.count ?? 0)
        }
        if size > 262_144 { add(FieldError(.tooLong, place, "may not be more than 262144 bytes")) }
    }

    private mutating func owners(_ owners: [JSON], _ place: FieldPlace) {
        for owner in owners {
            let kind = GroupVersionKind(apiVersion: owner.text("apiVersion"), kind: owner.text("kind"))
            if kind.version.isEmpty {
                invalid(place["apiVersion"], owner.at("apiVersion"), "version must not be empty")
            }
            for key in ["kind", "name", "uid"] where owner.text(key).isEmpty {
                invalid(place[key], "", "\(key) must not be empty")
            }
        }
        let controllers = owners.filter { $0.flag("controller") }.map { "\($0.text("kind"))/\($0.text("name"))" }
        guard controllers.count > 1 else { return }
        invalid(
            place, .array(owners),
            "Only one reference can have Controller set to true. Found \"true\" in references for \(controllers[0]) and "
                + controllers[1])
    }

    private mutating func metadataUpdate(_ metadata: JSON, _ old: JSON, _ place: FieldPlace) {
        for key in ["name", "namespace", "uid", "creationTimestamp"] {
            immutable(key, of: metadata, old, place)
        }
        guard old.at("deletionTimestamp") != nil else { return }
        let before = Set(old.items("finalizers"))
        let new = metadata.items("finalizers").filter { !before.contains($0) }
        guard !new.isEmpty else { return }
        forbidden(
            place["finalizers"],
            "no new finalizers can be added if the object is being deleted, found new finalizers "
                + ValueText.text(.array(new)))
    }
}

/// What names the objects of a kind may have.
struct NameForm {
    private let kind: GroupVersionKind

    init(_ kind: GroupVersionKind) { self.kind = kind }

    /// - Parameter isPrefix: whether the server completes the name.
    func problems(_ name: String, isPrefix: Bool) -> [String] {
        switch (kind.group, kind.kind) {
        case ("", "Namespace"): return (isPrefix ? NamedFormat.dns1123LabelPrefix : .dns1123Label).validate(name)
        case ("", "Service"): return (isPrefix ? NamedFormat.dns1035LabelPrefix : .dns1035Label).validate(name)
        case ("rbac.authorization.k8s.io", _): return Self.pathProblems(name, isPrefix: isPrefix)
        default:
            var problems = (isPrefix ? NamedFormat.dns1123SubdomainPrefix : .dns1123Subdomain).validate(name)
            // Jobs made of it get eleven characters more.
            if kind.kind == "CronJob" && !isPrefix && name.utf8.count > 52 {
                problems.append("must be no more than 52 characters")
            }
            return problems
        }
    }

    private static func pathProblems(_ name: String, isPrefix: Bool) -> [String] {
        if !isPrefix && (name == "." || name == "..") { return ["may not be '\(name)'"] }
        return ["/", "%"].filter { name.contains($0) }.map { "may not contain '\($0)'" }
    }
}
