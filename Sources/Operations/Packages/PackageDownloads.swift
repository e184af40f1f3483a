// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
internal import Orchestration
internal import Repositories

extension Operation {
    /// Operations that read resources from package repositories.
    static let packageDownloads: [Operation] = [
        packageDownload("maven", access: "maven", of: "a Maven repository"),
        packageDownload("npm", access: "npm", of: "an npm registry"),
        packageDownload("s3", access: "s3", of: "a bucket of S3 or a compatible service"),
        packageDownload("http", access: "wget", of: "a web server"),
        packageDownload("helm", access: "helm", of: "a Helm chart repository"),
        packageDownload("github", access: "gitHub", of: "a commit on GitHub"),
        fetch("DownloadWgetResource", access: "wget", of: "a web server"),
        fetch("GetGitHubCommit", access: "gitHub", of: "a commit on GitHub"),
        getHelmChart,
    ]

    /// Accesses for examples.
    private static let sampleAccess = [
        "maven":
            """
        {type: maven, repoUrl: "https://maven.acme.org/releases", groupId: org.acme, artifactId: app, version: 1.0.0}
        """,
        "npm":
            """
        {type: npm, registry: "https://npm.acme.org", package: app, version: 1.0.0}
        """,
        "s3":
            """
        {type: s3/v2, region: eu-central-1, bucketName: deliveries, objectKey: app/1.0.0.tgz}
        """,
        "wget":
            """
        {type: wget, url: "https://files.acme.org/app.tgz"}
        """,
        "helm":
            """
        {type: helm, helmRepository: "https://charts.acme.org", helmChart: "app:1.0.0"}
        """,
        "gitHub":
            """
        {type: gitHub, repoUrl: github.com/acme/app, commit: 3ff8ed0e7386aa6fe19dcbbb8955f34a88745fd0}
        """,
    ]

    private static func sampleFetch(_ name: String, _ kind: String) -> String {
        """
        - type: \(name)/v1alpha1
          id: download
          resource:
            name: app
            version: 1.0.0
            type: blob
            relation: external
            access: \(sampleAccess[kind] ?? "{}")
        """
    }

    private static func packageDownload(_ name: String, access kind: String, of place: String) -> Operation {
        let type = OperationType(
            "downloader.resource.\(name)/v1alpha1",
            summary: "Reads a resource of \(place), checked against its digest.",
            properties: [
                .optional("componentDescriptor", .objectSchema, "the descriptor that has the resource"),
                .optional("resource", .objectSchema, "which resource of it: name, version and extra identity"),
                .optional("access", .objectSchema, "where the content is, instead of a resource"),
            ],
            outputs: [
                .required("data", .fileSchema, "the content"),
                .optional("resource", .objectSchema, "the resource as the descriptor has it"),
            ],
            example: """
                - type: downloader.resource.\(name)/v1alpha1
                  id: download
                  access: \(sampleAccess[kind] ?? "{}")
                """)
        return Operation(type) { properties, context in
            let descriptor = properties["componentDescriptor"] ?? .null
            guard descriptor == .null else {
                let descriptor = try ComponentDescriptor(json: descriptor, source: "'componentDescriptor'")
                let resource = try descriptor.resource(selectedBy: properties["resource"])
                let content = try await remoteContent(of: resource, kind, context)
                let origin = ContentOrigin(version: descriptor.identity, resource: resource.identity)
                return ["data": context.file(for: content, origin: origin), "resource": resource.json]
            }
            guard let access = properties["access"], access != .null else {
                throw Fault(
                    .invalid, "neither 'componentDescriptor' nor 'access' is given",
                    fix: "name a resource of a descriptor, or describe the access")
            }
            let content = try await remoteContent(of: TypedSpecification(access), kind, "the content", context)
            return ["data": context.file(for: content)]
        }
    }

    /// The form that the graphs of the OCM command line use.
    private static func fetch(_ name: String, access kind: String, of place: String) -> Operation {
        let type = OperationType(
            "\(name)/v1alpha1", summary: "Reads a resource of \(place), checked against its digest.",
            properties: [
                .required("resource", .objectSchema, "the resource with its access"),
                .optional("outputPath", .textSchema, "accepted and not needed"),
            ],
            outputs: [
                .required("file", .fileSchema, "the content"),
                .required("resource", .objectSchema, "the resource"),
            ], example: sampleFetch(name, kind))
        return Operation(type) { properties, context in
            var resource = try Resource(properties["resource"] ?? .null, place: "'resource'")
            if let access = resource.access {
                resource.access = try await AccessMethods(context.connections).pinned(access, thing: "the resource")
            }
            let content = try await remoteContent(of: resource, kind, context)
            return ["file": context.file(for: content), "resource": resource.json]
        }
    }

    private static let getHelmChart = Operation(
        OperationType(
            "GetHelmChart/v1alpha1", summary: "Reads a chart and, if there is one, its provenance file.",
            properties: [
                .required("resource", .objectSchema, "the resource with its access"),
                .optional("outputPath", .textSchema, "accepted and not needed"),
            ],
            outputs: [
                .required("chartFile", .fileSchema, "the chart"),
                .optional("provFile", .fileSchema, "its provenance file"),
                .required("resource", .objectSchema, "the resource"),
            ], example: sampleFetch("GetHelmChart", "helm"))
    ) { properties, context in
        let resource = try Resource(properties["resource"] ?? .null, place: "'resource'")
        let content = try await remoteContent(of: resource, "helm", context)
        var outputs: JSON = ["chartFile": context.file(for: content), "resource": resource.json]
        if let access = resource.access,
            let provenance = try await context.connections.chartProvenance(
                of: access, thing: "resource \(resource.name)")
        {
            outputs["provFile"] = context.file(for: .blob(provenance))
        }
        return outputs
    }

    private static func remoteContent(
        of resource: Resource, _ kind: String, _ context: OperationContext
    ) async throws -> ResourceContent {
        let thing = "resource \(resource.identity)"
        guard let access = resource.access else {
            throw Fault(.notFound, "\(thing) has no access", fix: "name a resource with content")
        }
        let content = try await remoteContent(of: access, kind, thing, context)
        guard let expected = resource.digest, !expected.isExcluded else { return content }
        return try await content.bound(to: expected, thing: thing, temporaryFolder: context.temporaryFolder)
    }

    private static func remoteContent(
        of access: TypedSpecification, _ kind: String, _ thing: String, _ context: OperationContext
    ) async throws -> ResourceContent {
        guard AccessMethods.canonicalName(access.type) == kind else {
            throw Fault(
                .unsupported, "\(thing) has the access type “\(access.type)”, not \(kind)",
                fix: "use the operation for its type of access")
        }
        guard let content = try await AccessMethods(context.connections).remoteContent(of: access, thing: thing) else {
            throw Fault(.notFound, "\(thing) has no content")
        }
        return content
    }
}
