// SPDX-License-Identifier: Apache-2.0

public import Documents
internal import Kubernetes

/// The schema of a kind of objects: a tree of `SchemaNode` with compiled patterns and rules.
///
/// It is what `openAPIV3Schema` of a CustomResourceDefinition says, checked for all that Kubernetes asks of it; kinds
/// of the server's own are described the same way. Immutable: any number of threads can use one.
public struct StructuralSchema: Sendable {
    /// The schema of the whole object.
    public let root: SchemaNode
    /// The document that it was read from.
    public let source: JSON
    let rules: RuleNode?

    /// Reads a schema.
    ///
    /// - Parameters:
    ///   - json: the value of `openAPIV3Schema`.
    ///   - path: where the schema stands in its definition; errors begin with it.
    ///   - hasStatus: whether the kind has a status subresource, which restricts what the root may say.
    ///   - limits: how much of a schema is accepted.
    /// - Throws: everything that is wrong with it, in the words of the API server.
    public init(
        _ json: JSON, at path: String = "openAPIV3Schema", hasStatus: Bool = false, limits: SchemaSizeLimits = .standard
    ) throws(FieldErrors) {
        let place = FieldPath(path)
        guard case .object(let object) = json else {
            throw FieldErrors([FieldError(.typeInvalid, path, value: json, "must be of type object")])
        }
        var reading = SchemaReading(path: place, limits: limits)
        let root: SchemaNode
        do throws(SchemaLimitReached) { root = try SchemaNode(object, &reading) } catch {
            throw FieldErrors([.forbidden(place, error.detail)])
        }
        guard reading.problems.isEmpty else { throw FieldErrors(reading.problems) }

        var errors = Self.rootErrors(root, place, hasStatus)
        let structure = StructureCheck.errors(of: root, at: place)
        errors += structure
        var keywords = KeywordCheck()
        keywords.check(root, place, isRoot: true)
        let compiled = structure.isEmpty && keywords.errors.isEmpty ? RuleNode(root, isResource: true) : nil
        if structure.isEmpty {
            errors += DefaultsCheck.errors(of: root, compiled, at: place)
        }
        errors += keywords.errors
        if let compiled, errors.isEmpty {
            errors = RuleCheck.errors(of: compiled, at: place, uncorrelatable: keywords.uncorrelatable)
        }
        guard errors.isEmpty else { throw FieldErrors(errors) }
        (self.root, source, rules) = (root, json, compiled)
    }

    private static func rootErrors(_ root: SchemaNode, _ path: FieldPath, _ hasStatus: Bool) -> [FieldError] {
        var errors: [FieldError] = []
        if root.isNullable {
            errors.append(.forbidden(path.child("nullable"), "nullable cannot be true at the root"))
        }
        guard hasStatus else { return errors }
        if !root.type.isEmpty, root.type != "object" {
            errors.append(
                .invalid(
                    path.child("type"), .string(root.type),
                    "only \"object\" is allowed as the type at the root of the schema if the status subresource is "
                        + "enabled"))
        }
        if root.source.contains(where: { !allowedAtRoot.contains($0.key) && !$0.value.isSilent }) {
            errors.append(
                .invalid(
                    path, .object(root.source),
                    "only [\(allowedNames)] fields are allowed at the root of the schema if the status subresource "
                        + "is enabled"))
        }
        return errors
    }

    private static let allowedNames =
        "Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern "
        + "MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example "
        + "XPreserveUnknownFields XValidations"

    private static let allowedAtRoot: Set<String> = [
        "description", "type", "format", "title", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum",
        "maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "multipleOf", "required", "items",
        "properties", "externalDocs", "example", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-validations",
    ]
}
