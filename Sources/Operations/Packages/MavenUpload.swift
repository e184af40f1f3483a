// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Orchestration
internal import PackageRepositories
internal import Repositories
internal import Web

extension Operation {
    static let mavenUpload = Operation(
        OperationType(
            "uploader.resource.maven/v1alpha1",
            summary: "Publishes a file in a Maven repository, with checksums, a description and its place in the list.",
            properties: PackageData.properties + [
                .required("repoUrl", .textSchema, "the repository's address"),
                .required("groupId", .textSchema, "the group"),
                .required("artifactId", .textSchema, "the artifact"),
                .required("version", .textSchema, "the version; of a snapshot the next build is made"),
                .optional("classifier", .textSchema, "what tells it from other files of the version"),
                .optional("extension", .textSchema, "what kind of file it is; jar when it is missing"),
                .optional(
                    "pom", .objectSchema, "what a generated description says: name, description, url, licenses, source"),
                .optional("pomFile", .fileSchema, "the description, instead of a generated one"),
            ],
            outputs: PackageData.outputs, role: .placesContent,
            example: """
                - type: downloader.resource.oci/v1alpha1
                  id: download
                  imageReference: registry.acme.org/app:1.0.0
                - type: oci.to.maven/v1alpha1
                  id: convert
                  data: ${download.data}
                  layer: 0
                - type: uploader.resource.maven/v1alpha1
                  id: upload
                  data: ${convert.data}
                  pom: ${convert.pom}
                  extension: ${convert.extension}
                  repoUrl: https://maven.acme.org/releases
                  groupId: org.acme
                  artifactId: app
                  version: 1.0.0
                """)
    ) { properties, context in
        let url = try HTTPURL(properties.text("repoUrl"))
        let coordinates = try MavenCoordinates(
            group: properties.text("groupId"), artifact: properties.text("artifactId"),
            version: properties.text("version"), classifier: properties["classifier"]?.string,
            fileExtension: properties["extension"]?.string ?? "jar")
        var pom: [UInt8]?
        if let file = properties["pomFile"], file != .null {
            guard case .blob(let blob) = try context.content(of: file) else {
                throw Fault(.invalid, "'pomFile' is an OCI artifact, not a file", fix: "name the content of a file")
            }
            pom = try await blob.open().collect(limit: 4 << 20, of: "'pomFile'")
        }
        let data = try await PackageData(properties, context)
        let (repository, details) = (
            MavenRepository(url, context.connections.packages), MavenPOM.Details(properties["pom"])
        )
        let published = try await data.publish(to: "\(url.redacted) \(coordinates)", context) { [pom] content in
            let published = try await repository.publish(content, as: coordinates, pom: pom, details: details)
            return (published, published.outcome)
        }
        // Of a snapshot it names the build, so that the digest stays that of what the access leads to.
        var access: JSON = [
            "type": "maven", "repoUrl": .string(url.redacted), "groupId": .string(coordinates.group),
            "artifactId": .string(coordinates.artifact), "version": .string(published.coordinates.version),
            "extension": .string(coordinates.fileExtension),
        ]
        if let classifier = coordinates.classifier { access["classifier"] = .string(classifier) }
        return try data.published(as: access, published.outcome, context)
    }
}

extension MavenPOM.Details {
    /// Reads `name`, `description`, `url`, `licenses` (a list) and `source`.
    init(_ json: JSON?) {
        self.init()
        name = json?["name"]?.string
        summary = json?["description"]?.string
        url = json?["url"]?.string
        licenses = json?["licenses"]?.array?.compactMap(\.string) ?? []
        source = json?["source"]?.string
    }
}

extension JSON {
    /// A property that the schema demands.
    func text(_ name: String) throws(Fault) -> String {
        guard let text = self[name]?.string, !text.isEmpty else {
            throw Fault(.invalid, "'\(name)' is missing", fix: "give '\(name)'")
        }
        return text
    }
}
