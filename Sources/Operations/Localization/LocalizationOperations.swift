// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
internal import Localization
public import Orchestration
internal import Repositories

extension Operation {
    /// Operations that write into charts and manifests where their images are after a transfer.
    public static let localization: [Operation] = [
        yamlLocalization("v1"), yamlLocalization("v1alpha1"), helmValuesLocalization, kustomizeLocalization,
        manifestLocalization,
    ]

    /// What all of them are given.
    static let localizationData: [Property] = [
        .required(
            "data", .fileSchema,
            "what to change: a tar, a compressed tar, a single YAML or JSON file, or a Helm chart as OCI artifact"),
        .optional(
            "optional", .booleanSchema, "whether it is no mistake that the archive has no such file; false by default"),
        .optional(
            "dropProvenance", .booleanSchema,
            "whether a chart's provenance is left out, which no longer fits it; without this such a chart is refused"),
    ]

    /// What all of them yield.
    static let localizationOutputs: [Property] = [
        .required("data", .fileSchema, "the changed content, with a digest of its own"),
        .required("files", .listSchema(of: .textSchema), "the files that have other bytes now"),
    ]

    /// The property that names files of an archive.
    static func localizedFile(_ without: String) -> Property {
        .optional(
            "file", .textSchema,
            "which files of an archive: `*` and `?` stay within a part of a path, `**` stands for any number of parts; "
                + without)
    }

    /// The property that lists replacements of images.
    static let replacedImages: JSON = .listSchema(
        of: .objectSchema([
            .required(
                "from", .textSchema,
                "the reference as it is: a repository, one with tag or digest, or all below a path, `ghcr.io/acme/*`"),
            .required(
                "to", .textSchema,
                "the new reference, or the new path when `from` is one; without tag and digest the old ones stay"),
            .optional("optional", .booleanSchema, "whether it is no mistake that no image is `from`"),
        ]))

    /// An operation that changes files.
    static func localization(
        _ type: OperationType, _ localizer: @escaping @Sendable (JSON) throws(Fault) -> any FileLocalizer
    ) -> Operation {
        Operation(type) { properties, context in
            let content = try context.content(of: properties["data"])
            let files = try properties["file"]?.string.map { file throws(Fault) in try PathPattern(file) }
            let localizer = ContentLocalizer(
                try localizer(properties), files: files, isOptional: properties["optional"]?.bool ?? false)
            let (changed, names) = try await content.localized(
                by: localizer, dropsProvenance: properties["dropProvenance"]?.bool ?? false,
                temporaryFolder: context.temporaryFolder)
            let origin = try context.origin(of: properties["data"])
            return [
                "data": context.file(for: changed, origin: origin),
                "files": .array(names.map { .string($0) }),
            ]
        }
    }
}

extension ImageReplacements {
    /// Reads the property `images`.
    init(of properties: JSON) throws(Fault) {
        try self.init(
            (properties["images"]?.array ?? []).map {
                Rule(
                    from: $0["from"]?.string ?? "", to: $0["to"]?.string ?? "",
                    isOptional: $0["optional"]?.bool ?? false)
            })
    }
}

extension Fault {
    /// What is said of a list that holds nothing to do.
    static func nothingToDo(_ properties: String) -> Fault {
        Fault(.invalid, "\(properties) hold nothing, so there is nothing to change", fix: "leave the operation out")
    }
}
