// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes
internal import KubernetesFormats

/// Checks `apiVersion`, `kind` and `metadata` of resources within an object.
struct EmbeddedResourceValidator {
    private(set) var errors: [FieldError] = []
    private var trail = FieldTrail()

    static func errors(of object: JSON, _ schema: SchemaNode) -> [FieldError] {
        guard schema.hasEmbeddedResources else { return [] }
        var validator = EmbeddedResourceValidator()
        validator.validate(object, schema)
        return validator.errors
    }

    private mutating func validate(_ value: JSON, _ schema: SchemaNode) {
        guard schema.hasEmbeddedResources else { return }
        switch value {
        case .object(let object):
            if schema.isEmbeddedResource { check(object) }
            for (key, value) in object {
                if let property = schema.properties[key] {
                    trail.steps.append(.name(key))
                    validate(value, property)
                    trail.steps.removeLast()
                } else if case .values(let values) = schema.additional {
                    trail.steps.append(.key(key))
                    validate(value, values)
                    trail.steps.removeLast()
                }
            }
        case .array(let elements):
            guard let items = schema.items else { return }
            for (index, element) in elements.enumerated() {
                trail.steps.append(.index(index))
                validate(element, items)
                trail.steps.removeLast()
            }
        default: break
        }
    }

    private mutating func check(_ object: JSONObject) {
        let path = trail.path
        for name in ["apiVersion", "kind"] {
            let place = path.child(name)
            switch object[name] {
            case nil: errors.append(.required(place))
            case .string("")?: errors.append(.invalid(place, "", "must not be empty"))
            case .string(let text)?:
                if let problem = name == "kind" ? Self.kindProblem(text) : Self.versionProblem(text) {
                    errors.append(.invalid(place, .string(text), problem))
                }
            case let other?: errors.append(.invalid(place, other, "must be a string"))
            }
        }
        guard let metadata = object["metadata"], metadata != .null else { return }
        errors += ObjectMetadataValidator.errors(of: metadata, at: path.child("metadata"))
    }

    private static func kindProblem(_ kind: String) -> String? {
        let problems = NamedFormat.dns1035Label.validate(kind.lowercased())
        guard !problems.isEmpty else { return nil }
        return "may have mixed case, but should otherwise match: \(problems.joined(separator: ","))"
    }

    private static func versionProblem(_ version: String) -> String? {
        let slashes = version.utf8.filter { $0 == UInt8(ascii: "/") }.count
        return slashes > 1 ? "unexpected GroupVersion string: \(version)" : nil
    }
}

/// Checks what all objects have in their metadata: types, names, labels, annotations, owners, finalizers.
struct ObjectMetadataValidator {
    private var errors: [FieldError] = []

    /// What is wrong with metadata; a name need not be there.
    static func errors(of metadata: JSON, at path: FieldPath) -> [FieldError] {
        let mistyped = KeywordValidator.errors(of: metadata, .metadata, base: path)
        guard mistyped.isEmpty, case .object(let object) = metadata else { return mistyped }
        var validator = ObjectMetadataValidator()
        validator.check(object, path)
        return validator.errors
    }

    private static let mostAnnotationBytes = 256 * 1024

    private mutating func check(_ object: JSONObject, _ path: FieldPath) {
        for (name, isPrefix) in [("generateName", true), ("name", false)] {
            guard let text = object[name]?.string, !text.isEmpty else { continue }
            for problem in Self.segmentProblems(text, isPrefix) {
                errors.append(.invalid(path.child(name), .string(text), problem))
            }
        }
        if let namespace = object["namespace"]?.string, !namespace.isEmpty {
            for problem in NamedFormat.dns1123Label.validate(namespace) {
                errors.append(.invalid(path.child("namespace"), .string(namespace), problem))
            }
        }
        if let generation = object["generation"]?.int, generation < 0 {
            errors.append(
                .invalid(path.child("generation"), .int(Int(generation)), "must be greater than or equal to 0"))
        }
        checkLabels(object["labels"]?.object ?? [:], path.child("labels"))
        checkAnnotations(object["annotations"]?.object ?? [:], path.child("annotations"))
        for finalizer in object["finalizers"]?.array?.compactMap(\.string) ?? [] {
            for problem in NamedFormat.qualifiedName.validate(finalizer) {
                errors.append(.invalid(path.child("finalizers"), .string(finalizer), problem))
            }
        }
        for (index, owner) in (object["ownerReferences"]?.array ?? []).enumerated() {
            for name in ["apiVersion", "kind", "name", "uid"] where owner[name]?.string?.isEmpty ?? true {
                let place = path.child("ownerReferences").index(index).child(name)
                errors.append(.required(place, "must not be empty"))
            }
        }
    }

    private mutating func checkLabels(_ labels: JSONObject, _ path: FieldPath) {
        for (key, value) in labels {
            for problem in NamedFormat.qualifiedName.validate(key) {
                errors.append(.invalid(path, .string(key), problem))
            }
            guard let text = value.string else { continue }
            for problem in NamedFormat.labelValue.validate(text) {
                errors.append(.invalid(path, .string(text), problem))
            }
        }
    }

    private mutating func checkAnnotations(_ annotations: JSONObject, _ path: FieldPath) {
        var size = 0
        for (key, value) in annotations {
            size += key.utf8.count + (value.string?.utf8.count ?? 0)
            for problem in NamedFormat.qualifiedName.validate(key.lowercased()) {
                errors.append(.invalid(path, .string(key), problem))
            }
        }
        if size > Self.mostAnnotationBytes {
            let detail = "may not be more than \(Self.mostAnnotationBytes) bytes"
            errors.append(FieldError(.tooLong, path.text, value: nil, detail))
        }
    }

    /// Names that cannot be a part of a path.
    private static func segmentProblems(_ name: String, _ isPrefix: Bool) -> [String] {
        if !isPrefix, name == "." || name == ".." { return ["may not be '\(name)'"] }
        return ["/", "%"].filter { name.contains($0) }.map { "may not contain '\($0)'" }
    }
}
