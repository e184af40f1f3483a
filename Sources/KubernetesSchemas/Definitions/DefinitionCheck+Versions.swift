// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesFormats

extension DefinitionCheck {
    /// Checks the versions.
    ///
    /// What all versions have in common is checked once, and errors name it by where it stood before versions had
    /// parts of their own: `spec.validation`, `spec.subresources`. So does the API server.
    mutating func checkVersions() -> [CustomResourceDefinition.Version] {
        let given = spec["versions"]?.array ?? [], path = Self.path.child("versions")
        var names: Set<String> = [], isUnique = true
        var schemas: [StructuralSchema?] = []
        let common = Self.commonParts(of: given)
        for (index, version) in given.enumerated() {
            let name = text(version, "name"), place = path.index(index)
            if !names.insert(name).inserted { isUnique = false }
            let problems = NamedFormat.dns1035Label.validate(name)
            if !problems.isEmpty {
                errors.append(.invalid(place.child("name"), .string(name), problems.joined(separator: ",")))
            }
            checkDeprecation(version, place.child("deprecationWarning"))
            if common.contains("schema"), let first = schemas.first {
                schemas.append(first)
            } else {
                let schemaPath = common.contains("schema") ? Self.path.child("validation") : place.child("schema")
                schemas.append(schema(of: version, index, schemaPath))
            }
            let isFirst = index == 0
            if !common.contains("subresources") || isFirst {
                checkScale(version, (common.contains("subresources") ? Self.path : place).child("subresources"))
            }
            if !common.contains("additionalPrinterColumns") || isFirst {
                let owner = common.contains("additionalPrinterColumns") ? Self.path : place
                checkColumns(version, owner.child("additionalPrinterColumns"))
            }
            if !common.contains("selectableFields") || isFirst, let schema = schemas[index] {
                let owner = common.contains("selectableFields") ? Self.path : place
                checkSelectableFields(version, schema, owner.child("selectableFields"))
            }
        }
        if !isUnique { errors.append(.invalid(path, .array(given), "must contain unique version names")) }
        if given.filter({ $0["storage"] == true }).count != 1 {
            errors.append(.invalid(path, .array(given), "must have exactly one version marked as storage version"))
        }
        return zip(given, schemas).compactMap { version, schema in schema.map { Self.version(version, $0) } }
    }

    private static func version(_ json: JSON, _ schema: StructuralSchema) -> CustomResourceDefinition.Version {
        let resources = json["subresources"] ?? .null
        var warning: String?
        if json["deprecated"] == true { warning = json["deprecationWarning"]?.string ?? "" }
        return CustomResourceDefinition.Version(
            name: json["name"]?.string ?? "", isServed: json["served"] == true, isStorage: json["storage"] == true,
            deprecationWarning: warning, schema: schema, hasStatus: hasStatus(json),
            scale: resources["scale"].flatMap { $0 == .null ? nil : ScalePaths($0) },
            columns: PrinterColumns(json["additionalPrinterColumns"]?.array ?? []),
            selectableFields: (json["selectableFields"]?.array ?? [])
                .compactMap { $0["jsonPath"]?.string.flatMap(SelectableField.init(path:)) })
    }

    private static func hasStatus(_ version: JSON) -> Bool { (version["subresources"]?["status"] ?? .null) != .null }

    /// The parts that are the same in all versions.
    private static func commonParts(of versions: [JSON]) -> Set<String> {
        guard let first = versions.first else { return [] }
        let names = ["schema", "subresources", "additionalPrinterColumns", "selectableFields"]
        return Set(
            names.filter { name in
                guard let part = first[name], !part.isSilent else { return false }
                return versions.dropFirst().allSatisfy { $0[name] == part }
            })
    }

    private mutating func schema(of version: JSON, _ index: Int, _ path: FieldPath) -> StructuralSchema? {
        guard let json = version["schema"]?["openAPIV3Schema"], json != .null else {
            let place = Self.path.child("versions").index(index).child("schema").child("openAPIV3Schema")
            errors.append(.required(place))
            return nil
        }
        let place = path.child("openAPIV3Schema").text
        do throws(FieldErrors) {
            return try StructuralSchema(json, at: place, hasStatus: Self.hasStatus(version), limits: options.limits)
        } catch {
            errors += error.errors
            return nil
        }
    }

    private mutating func checkDeprecation(_ version: JSON, _ path: FieldPath) {
        guard let value = version["deprecationWarning"], value != .null else { return }
        let text = value.string ?? ""
        var problems: [String] = []
        if version["deprecated"] != true {
            problems = ["can only be set for deprecated versions"]
        } else {
            if text.utf8.count > 256 { problems.append("must be <= 256 characters long") }
            if text.isEmpty { problems.append("must not be an empty string") }
            var offset = 0
            for scalar in text.unicodeScalars {
                if !isPrintedByGo(scalar) {
                    problems.append(
                        "must only contain printable UTF-8 characters; non-printable character found at index \(offset)"
                    )
                    break
                }
                offset += UTF8.width(scalar)
            }
        }
        errors += problems.map { .invalid(path, value, $0) }
    }

    private mutating func checkScale(_ version: JSON, _ path: FieldPath) {
        guard let scale = version["subresources"]?["scale"], scale != .null else { return }
        let place = path.child("scale")
        for (name, root, isRequired) in [
            ("specReplicasPath", [".spec."], true), ("statusReplicasPath", [".status."], true),
            ("labelSelectorPath", [".spec.", ".status."], false),
        ] {
            let value = text(scale, name)
            if value.isEmpty {
                if isRequired { errors.append(.required(place.child(name))) }
            } else if !value.hasPrefix(".") {
                errors.append(
                    .invalid(place.child(name), .string(value), "must be a simple json path starting with ."))
            } else if !root.contains(where: value.hasPrefix) {
                let under = isRequired ? String(root[0].dropLast()) : "either .spec or .status"
                errors.append(.invalid(place.child(name), .string(value), "should be a json path under \(under)"))
            }
        }
    }

    private static let columnTypes = ["boolean", "date", "integer", "number", "string"]
    private static let columnFormats = [
        "byte", "date", "date-time", "double", "float", "int32", "int64", "password",
    ]

    private mutating func checkColumns(_ version: JSON, _ path: FieldPath) {
        for (index, column) in (version["additionalPrinterColumns"]?.array ?? []).enumerated() {
            let place = path.index(index), type = text(column, "type"), format = text(column, "format")
            if text(column, "name").isEmpty { errors.append(.required(place.child("name"))) }
            let types = "must be one of \(Self.columnTypes.joined(separator: ","))"
            if type.isEmpty {
                errors.append(.required(place.child("type"), types))
            } else if !Self.columnTypes.contains(type) {
                errors.append(.invalid(place.child("type"), .string(type), types))
            }
            if !format.isEmpty, !Self.columnFormats.contains(format) {
                errors.append(
                    .invalid(
                        place.child("format"), .string(format),
                        "must be one of \(Self.columnFormats.joined(separator: ","))"))
            }
            let jsonPath = text(column, "jsonPath")
            if jsonPath.isEmpty {
                errors.append(.required(place.child("JSONPath")))
            } else if !jsonPath.hasPrefix(".") {
                errors.append(
                    .invalid(
                        place.child("JSONPath"), .string(jsonPath), "must be a simple json path starting with ."))
            }
        }
    }

    private static let mostSelectableFields = 8

    private mutating func checkSelectableFields(_ version: JSON, _ schema: StructuralSchema, _ path: FieldPath) {
        var seen: Set<FieldPath> = []
        for (index, field) in (version["selectableFields"]?.array ?? []).enumerated() {
            let place = path.index(index).child("jsonPath"), value = text(field, "jsonPath")
            guard !value.isEmpty else {
                errors.append(.required(place))
                continue
            }
            switch RulePath.resolve(value, in: schema.root, allowsBrackets: false) {
            case .failure(let problem):
                errors.append(.invalid(place, .string(value), "is an invalid path: \(problem.detail)"))
            case .success(let (found, node)):
                if value == ".metadata" || value.hasPrefix(".metadata.") {
                    errors.append(.invalid(place, .string(value), "must not point to fields in metadata"))
                }
                if !["string", "boolean", "integer"].contains(node.type) {
                    errors.append(
                        .invalid(
                            place, .string(value),
                            "must point to a field of type string, boolean or integer. Enum string fields and "
                                + "strings with formats are allowed."))
                }
                if !seen.insert(found).inserted { errors.append(.duplicate(place, .string(value))) }
            }
        }
        if seen.count > Self.mostSelectableFields {
            errors.append(.tooMany(path, seen.count, most: Self.mostSelectableFields))
        }
    }
}
