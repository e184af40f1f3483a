// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Localization
internal import Orchestration

extension Operation {
    static func yamlLocalization(_ version: String) -> Operation {
        localization(
            OperationType(
                "yaml.engine.localization/\(version)",
                summary: "Writes values at paths of YAML and JSON files and keeps every other byte.",
                properties: localizationData + [
                    localizedFile("needed for archives, and not for a single file"),
                    .required("mappings", mappings, "the values and where they go"),
                ],
                outputs: localizationOutputs, example: yamlExample(version))
        ) { properties throws(Fault) in
            let items = properties["mappings"]?.array ?? []
            guard !items.isEmpty else { throw Fault.nothingToDo("'mappings'") }
            var mappings: [MappingLocalizer.Mapping] = []
            for (index, item) in items.enumerated() {
                do throws(Fault) { mappings.append(try MappingLocalizer.Mapping(item)) } catch {
                    throw error.during("mappings[\(index)]")
                }
            }
            return MappingLocalizer(mappings)
        }
    }

    private static let mappings: JSON = .listSchema(
        of: .objectSchema([
            .required(
                "path", .textSchema,
                "the path: `image.repository`, `containers[0].image`, `containers[name=app].image`, `*.image`, "
                    + "`**.image`, `\"a.b\".c`"),
            .required("value", .anyValueSchema, "a text, a number, true, false or null"),
            .optional("create", .booleanSchema, "whether a member that is missing is made; else it is a mistake"),
            .optional("optional", .booleanSchema, "whether it is no mistake that the path leads nowhere"),
            .optional(
                "where", .objectSchema,
                "which documents of a file it is for, by paths and the texts that stand there: `{kind: Deployment}`"),
        ]))

    private static func yamlExample(_ version: String) -> String {
        """
        - id: getChart
          type: CTFGetLocalResource/v1alpha1
          repository: {type: CommonTransportFormat/v1, filePath: ./archive}
          component: acme.org/demo
          version: 1.0.0
          resourceIdentity: {name: chart}
        - id: localize
          type: yaml.engine.localization/\(version)
          data: ${getChart.output.file}
          file: "*/values.yaml"
          mappings:
          - path: image.repository
            value: registry.example/mirror/app
          - path: image.pullPolicy
            value: IfNotPresent
            create: true
        """
    }
}

extension MappingLocalizer.Mapping {
    /// Reads an element of the property `mappings`.
    fileprivate init(_ item: JSON) throws(Fault) {
        var conditions: [(path: ValuePath, text: String)] = []
        for (path, text) in item["where"]?.object ?? [:] {
            guard let text = text.string else {
                throw Fault(.invalid, "'where' compares “\(path)” with a \(text.kindName)", fix: "write a text")
            }
            conditions.append((try ValuePath(path), text))
        }
        let value = item["value"] ?? .null
        guard value.array == nil, value.object == nil else {
            throw Fault(.invalid, "'value' is a \(value.kindName)", fix: "write one mapping for each single value")
        }
        self.init(
            try ValuePath(item["path"]?.string ?? ""), value, creates: item["create"]?.bool ?? false,
            isOptional: item["optional"]?.bool ?? false, conditions: conditions)
    }
}

extension JSON {
    /// The schema of a value of any kind.
    static let anyValueSchema: JSON = ["x-kubernetes-preserve-unknown-fields": true]
}
