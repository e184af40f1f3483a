// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import OCI
internal import Orchestration
internal import Repositories

extension Operation {
    /// An OCI artifact as the file and the description that a Maven repository keeps.
    static let artifactToMaven = Operation(
        OperationType(
            "oci.to.maven/v1alpha1",
            summary: "Makes a file of an OCI artifact, one of its layers or all of it, with what describes it.",
            properties: [
                .required("data", .fileSchema, "the artifact, from the output of another operation"),
                .optional("mediaType", .textSchema, "the media type of the layer that becomes the file"),
                .optional("layer", .integerSchema, "the number of the layer, the first is 0"),
                .optional(
                    "layout", .booleanSchema, "whether all of the artifact becomes the file, as an OCI layout in a tar"),
            ],
            outputs: [
                .required("data", .fileSchema, "the file"),
                .required("extension", .textSchema, "the extension that the file should have"),
                .required("pom", .objectSchema, "name, description, url, licenses and source, from its annotations"),
            ],
            example: """
                - type: downloader.resource.oci/v1alpha1
                  id: download
                  imageReference: registry.acme.org/app:1.0.0
                - type: oci.to.maven/v1alpha1
                  id: convert
                  data: ${download.data}
                  layer: 0
                """)
    ) { properties, context in
        guard case .artifact(let artifact) = try context.content(of: properties["data"]) else {
            throw Fault(.invalid, "'data' is a file already, not an OCI artifact", fix: "upload it as it is")
        }
        let origin = try context.origin(of: properties["data"])
        let manifest = try await artifact.readManifest()
        let file: BlobContent
        let fileExtension: String
        if properties["layout"]?.bool ?? false {
            guard properties["layer"] == nil, properties["mediaType"] == nil else {
                throw Fault(.invalid, "both all of the artifact and one layer are asked for", fix: "choose one")
            }
            file = BlobContent(mediaType: "application/vnd.ocm.software.oci.layout.v1+tar") {
                try await OCILayoutWriter.tar(
                    root: artifact.root, from: artifact.store, repository: artifact.repository)
            }
            fileExtension = "tar"
        } else {
            let layer = try manifest.layer(number: properties["layer"]?.int, mediaType: properties["mediaType"]?.string)
            file = artifact.file(of: layer)
            fileExtension = layer.fileExtension
        }
        return [
            "data": context.file(for: .blob(file), origin: origin), "extension": .string(fileExtension),
            "pom": manifest.mavenDescription,
        ]
    }
}

extension ArtifactContent {
    /// A layer as a content of its own.
    fileprivate func file(of layer: OCIDescriptor) -> BlobContent {
        BlobContent(mediaType: layer.mediaType, digest: layer.digest, size: layer.size) {
            try await store.openBlob(layer.digest, size: layer.size, in: repository)
        }
    }

    /// The one layer of a media type. Throws when there is none, or more than one.
    func file(of mediaType: String) async throws -> BlobContent {
        file(of: try await readManifest().layer(number: nil, mediaType: mediaType))
    }
}

extension OCIManifest {
    /// The layer that is meant; the only one when nothing says which.
    fileprivate func layer(number: Int64?, mediaType: String?) throws(Fault) -> OCIDescriptor {
        guard !isIndex else {
            throw Fault(
                .unsupported, "the artifact is an index of several artifacts, which has no layers",
                fix: "set 'layout' to carry all of it, or name one of them")
        }
        if let number {
            guard number >= 0, number < layers.count else {
                throw Fault(.notFound, "the artifact has \(layers.count) layers, and none with the number \(number)")
            }
            let layer = layers[Int(number)]
            guard mediaType == nil || mediaType == layer.mediaType else {
                throw Fault(
                    .invalid, "the layer \(number) has the media type \(layer.mediaType)", fix: "name one of both")
            }
            return layer
        }
        let fitting = layers.filter { mediaType == nil || $0.mediaType == mediaType }
        guard fitting.count == 1 else {
            throw Fault(
                .invalid, "\(fitting.count) of the \(layers.count) layers could be meant",
                fix: "choose one by 'layer' or 'mediaType', or set 'layout' to carry all of the artifact")
        }
        return fitting[0]
    }

    /// What the annotations that the OCI image specification defines say to readers of a Maven description.
    fileprivate var mavenDescription: JSON {
        func annotation(_ name: String) -> JSON? { annotations["org.opencontainers.image.\(name)"].map { .string($0) } }
        var details: JSON = [:]
        details["name"] = annotation("title")
        details["description"] = annotation("description")
        details["url"] = annotation("url") ?? annotation("documentation")
        details["source"] = annotation("source")
        if let licenses = annotation("licenses") { details["licenses"] = [licenses] }
        return details
    }
}

extension OCIDescriptor {
    /// The extension of the file that a layer holds: that of its title, else what its media type tells.
    fileprivate var fileExtension: String {
        let title = annotations["org.opencontainers.image.title"] ?? ""
        for known in ["tar.gz", "jar", "war", "zip", "tgz", "tar", "json", "yaml", "xml"]
        where title.lowercased().hasSuffix(".\(known)") { return known }
        if mediaType.hasSuffix("tar+gzip") || mediaType.hasSuffix("tar.gzip") { return "tar.gz" }
        if mediaType.hasSuffix("+gzip") { return "gz" }
        if mediaType.hasSuffix(".tar") || mediaType.hasSuffix("+tar") || mediaType == "application/x-tar" {
            return "tar"
        }
        if mediaType.hasSuffix("json") { return "json" }
        switch mediaType {
        case "application/java-archive": return "jar"
        case "application/zip": return "zip"
        case "application/gzip", "application/x-tgz": return "tar.gz"
        default: return "bin"
        }
    }
}
