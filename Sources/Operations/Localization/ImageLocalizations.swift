// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Localization
internal import Orchestration

extension Operation {
    static let helmValuesLocalization = localization(
        OperationType(
            "helm.values.localization/v1alpha1",
            summary: "Replaces images in the values of a Helm chart, whatever their shape.",
            properties: localizationData + [
                localizedFile("by default `*/values.yaml`, the values of the chart itself"),
                .optional("images", replacedImages, "which images become which, wherever the values name them"),
                .optional(
                    "mappings",
                    .listSchema(
                        of: .objectSchema([
                            .required(
                                "path", .textSchema,
                                "the path to a text, or to a mapping with `repository` (or `image`) and maybe "
                                    + "`registry`, `tag`, `digest`"),
                            .required(
                                "image", .textSchema, "the new reference; without tag and digest the old ones stay"),
                            .optional(
                                "optional", .booleanSchema, "whether it is no mistake that the path leads nowhere"),
                        ])), "images at paths"),
                .optional(
                    "globalRegistry", .textSchema, "what `global.imageRegistry` becomes; made when it is missing"),
            ],
            outputs: localizationOutputs, example: helmExample)
    ) { properties throws(Fault) in
        var mappings: [HelmValuesLocalizer.Mapping] = []
        for (index, item) in (properties["mappings"]?.array ?? []).enumerated() {
            do throws(Fault) {
                mappings.append(
                    .init(
                        try ValuePath(item["path"]?.string ?? ""), try ImageName(reading: item["image"]?.string ?? ""),
                        isOptional: item["optional"]?.bool ?? false))
            } catch {
                throw error.during("mappings[\(index)]")
            }
        }
        let images = try ImageReplacements(of: properties)
        let registry = properties["globalRegistry"]?.string
        guard !images.rules.isEmpty || !mappings.isEmpty || registry != nil else {
            throw Fault.nothingToDo("'images' and 'mappings'")
        }
        return HelmValuesLocalizer(images, mappings: mappings, globalRegistry: registry)
    }

    static let kustomizeLocalization = localization(
        OperationType(
            "kustomize.image.localization/v1alpha1",
            summary: "Changes the images of kustomization files, and adds those that are missing.",
            properties: localizationData + [
                localizedFile("by default every `kustomization.yaml`, `kustomization.yml` and `Kustomization`"),
                .required("images", replacedImages, "which images become which; `from` has no tag and is no path"),
                .optional("add", .booleanSchema, "whether missing entries are made; true by default"),
            ],
            outputs: localizationOutputs, example: example("kustomize.image.localization", "kustomization"))
    ) { properties throws(Fault) in
        let images = try ImageReplacements(of: properties)
        guard !images.rules.isEmpty else { throw Fault.nothingToDo("'images'") }
        return try KustomizationLocalizer(images, isAdding: properties["add"]?.bool ?? true)
    }

    static let manifestLocalization = localization(
        OperationType(
            "manifest.image.localization/v1alpha1",
            summary: "Replaces images in the pod templates of Kubernetes manifests.",
            properties: localizationData + [
                localizedFile("by default all files that end in `.yaml`, `.yml` or `.json`"),
                .required("images", replacedImages, "which images become which"),
                .optional(
                    "paths",
                    .listSchema(
                        of: .objectSchema([
                            .optional("kind", .textSchema, "the kind of object; every object when it is missing"),
                            .required("path", .textSchema, "the path to a reference in such an object"),
                        ])), "where other kinds of objects have images"),
            ],
            outputs: localizationOutputs, example: example("manifest.image.localization", "manifests"))
    ) { properties throws(Fault) in
        var places: [ManifestLocalizer.Place] = []
        for item in properties["paths"]?.array ?? [] {
            places.append(.init(kind: item["kind"]?.string, path: try ValuePath(item["path"]?.string ?? "")))
        }
        let images = try ImageReplacements(of: properties)
        guard !images.rules.isEmpty else { throw Fault.nothingToDo("'images'") }
        return ManifestLocalizer(images, places: places)
    }

    private static let helmExample = """
        - id: getChart
          type: CTFGetLocalResource/v1alpha1
          repository: {type: CommonTransportFormat/v1, filePath: ./archive}
          component: acme.org/demo
          version: 1.0.0
          resourceIdentity: {name: chart}
        - id: localize
          type: helm.values.localization/v1alpha1
          data: ${getChart.output.file}
          images:
          - from: ghcr.io/acme/app
            to: registry.example/mirror/app:1.2.0
          - from: docker.io/*
            to: registry.example/hub/*
            optional: true
        """

    private static func example(_ type: String, _ resource: String) -> String {
        """
        - id: get
          type: CTFGetLocalResource/v1alpha1
          repository: {type: CommonTransportFormat/v1, filePath: ./archive}
          component: acme.org/demo
          version: 1.0.0
          resourceIdentity: {name: \(resource)}
        - id: localize
          type: \(type)/v1alpha1
          data: ${get.output.file}
          images:
          - from: ghcr.io/acme/app
            to: registry.example/mirror/app:1.2.0
        """
    }
}
