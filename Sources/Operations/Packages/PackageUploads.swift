// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Orchestration
internal import PackageRepositories
internal import Repositories
internal import Web

extension Operation {
    /// Operations that publish contents in package repositories.
    static let packageUploads: [Operation] = [mavenUpload, npmUpload, s3Upload, httpUpload, helmUpload]

    /// An operation that publishes a file.
    ///
    /// - Parameters:
    ///   - properties: what it has beside `PackageData.properties`.
    ///   - example: the properties in its example, behind `data`.
    private static func upload(
        _ name: String, summary: String, properties: [Property], example: String,
        _ publish: @escaping @Sendable (JSON, OperationContext) async throws -> JSON
    ) -> Operation {
        let more = example.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
        return Operation(
            OperationType(
                "uploader.resource.\(name)/v1alpha1", summary: summary, properties: PackageData.properties + properties,
                outputs: PackageData.outputs, role: .placesContent,
                example: """
                    - type: downloader.resource.http/v1alpha1
                      id: download
                      access: {type: wget, url: "https://files.acme.org/app.tgz"}
                    - type: uploader.resource.\(name)/v1alpha1
                      id: upload
                      data: ${download.data}
                    \(more)
                    """), perform: publish)
    }

    private static let mediaType = Property.optional(
        "mediaType", .textSchema, "the media type, when it is not that of the content")
    private static let replace = Property.optional(
        "replace", .booleanSchema, "whether other content that is there is written over")

    private static let npmUpload = upload(
        "npm", summary: "Publishes a packed npm package in a registry.",
        properties: [
            .required("registry", .textSchema, "the registry's address"),
            .optional("package", .textSchema, "the name that the package must have"),
            .optional("version", .textSchema, "the version that the package must have"),
            .optional("tag", .textSchema, "what points to the version afterwards; latest when it is missing"),
        ],
        example: """
            registry: https://npm.acme.org
            """
    ) { properties, context in
        let url = try HTTPURL(properties.text("registry"))
        var expected: NPMPackage?
        if let name = properties["package"]?.string {
            expected = try NPMPackage(name: name, version: properties.text("version"))
        }
        let data = try await PackageData(properties, context)
        let (registry, tag) = (NPMRegistry(url, context.connections.packages), properties["tag"]?.string ?? "latest")
        let place = url.redacted + (expected.map { " \($0)" } ?? "")
        let published = try await data.publish(to: place, context) { [expected] content in
            let published = try await registry.publish(content, expected: expected, tag: tag)
            return (published, published.outcome)
        }
        let access: JSON = [
            "type": "npm", "registry": .string(url.redacted), "package": .string(published.package.name),
            "version": .string(published.package.version),
        ]
        return try data.published(as: access, published.outcome, context)
    }

    private static let s3Upload = upload(
        "s3", summary: "Writes an object to a bucket of S3 or a compatible service.",
        properties: [
            .required("bucketName", .textSchema, "the bucket"),
            .required("objectKey", .textSchema, "the object's key"),
            .optional("region", .textSchema, "the region; us-east-1 when it is missing"),
            .optional("endpoint", .textSchema, "the address of a service other than Amazon's"),
            .optional("usePathStyle", .booleanSchema, "whether the bucket stands in the path"),
            mediaType, replace,
        ],
        example: """
            region: eu-central-1
            bucketName: deliveries
            objectKey: app/1.0.0/app.tgz
            """
    ) { properties, context in
        let endpoint = try properties["endpoint"]?.string.map { text throws(Fault) in
            try HTTPURL(text.contains("://") ? text : "https://\(text)")
        }
        let location = try S3Location(
            bucket: properties.text("bucketName"), key: properties.text("objectKey"),
            region: properties["region"]?.string, endpoint: endpoint, usesPathStyle: properties["usePathStyle"]?.bool)
        let data = try await PackageData(properties, context)
        let mediaType = properties["mediaType"]?.string ?? data.mediaType
        let (client, isReplacing) = (S3Client(context.connections.packages), properties["replace"]?.bool ?? false)
        let written = try await data.publish(to: location.url.redacted, context) { content in
            let written = try await client.publish(
                content, at: location, mediaType: mediaType, digest: data.digest, replacing: isReplacing)
            return (written, written.outcome)
        }
        var access: JSON = [
            "type": endpoint == nil ? "s3/v2" : "S3Bucket/v1", "region": .string(location.region),
            "bucketName": .string(location.bucket), "objectKey": .string(location.key), "mediaType": .string(mediaType),
        ]
        if let version = written.version { access["version"] = .string(version) }
        if let endpoint {
            access["endpoint"] = .string(endpoint.redacted)
            access["usePathStyle"] = .bool(location.usesPathStyle)
        }
        return try data.published(as: access, written.outcome, context)
    }

    private static let httpUpload = upload(
        "http", summary: "Puts a file on a web server that takes uploads.",
        properties: [
            .required("url", .textSchema, "the file's address"),
            .optional("method", .choiceSchema(["PUT", "POST", "PATCH"]), "how it is sent; PUT when it is missing"),
            .optional("header", .objectSchema, "more fields, each a text or a list of texts"),
            mediaType, replace,
        ],
        example: """
            url: https://files.acme.org/app/1.0.0/app.tgz
            """
    ) { properties, context in
        let url = try HTTPURL(properties.text("url"))
        var options = WebFile.Options()
        options.method = HTTPMethod(properties["method"]?.string ?? "PUT")
        options.replacing = properties["replace"]?.bool ?? false
        for (name, value) in properties["header"]?.object ?? [:] {
            for item in value.array ?? [value] {
                guard let text = item.string else {
                    throw Fault(
                        .invalid, "the field '\(name)' in 'header' is no text", fix: "write texts or lists of texts")
                }
                options.headers.add(name, text)
            }
        }
        let data = try await PackageData(properties, context)
        let mediaType = properties["mediaType"]?.string ?? data.mediaType
        let file = WebFile(url, context.connections.packages)
        let outcome = try await data.publish(to: url.redacted, context) { [options] content in
            let outcome = try await file.publish(content, mediaType: mediaType, options: options)
            return (outcome, outcome)
        }
        // The query may hold a signature of the address, which is no part of where the file is.
        let access: JSON = ["type": "wget", "url": .string(url.redacted), "mediaType": .string(mediaType)]
        return try data.published(as: access, outcome, context)
    }

    private static let helmUpload = upload(
        "helm", summary: "Publishes a chart, packed or an OCI artifact, in a Helm chart repository.",
        properties: [
            .required("helmRepository", .textSchema, "the repository's address"),
            .optional(
                "form", .choiceSchema(ChartRepository.Form.allCases.map(\.rawValue)),
                "how it takes charts: files, a web server, or chartMuseum; files when it is missing"),
            .optional("provFile", .fileSchema, "the chart's provenance file"),
        ],
        example: """
            helmRepository: https://charts.acme.org/stable
            """
    ) { properties, context in
        let url = try HTTPURL(properties.text("helmRepository"))
        var provenance: [UInt8]?
        if let file = properties["provFile"], file != .null, case .blob(let blob) = try context.content(of: file) {
            provenance = try await blob.open().collect(limit: 1 << 20, of: "'provFile'")
        }
        let data = try await PackageData(
            properties, context, layerType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip")
        let form = ChartRepository.Form(rawValue: properties["form"]?.string ?? "files") ?? .files
        let repository = ChartRepository(url, context.connections.packages)
        let published = try await data.publish(to: url.redacted, context) { [provenance] content in
            let published = try await repository.publish(content, provenance: provenance, form: form)
            return (published, published.outcome)
        }
        let access: JSON = [
            "type": "helm", "helmRepository": .string(url.redacted),
            "helmChart": .string("\(published.chart.name):\(published.chart.version)"),
        ]
        return try data.published(as: access, published.outcome, context)
    }
}
