// SPDX-License-Identifier: Apache-2.0

internal import ComponentModel
internal import Documents
public import Orchestration
internal import Repositories

extension Operation {
    /// Operations that read whole component versions.
    public static let componentDownloaders = RepositoryForm.allCases.map(componentDownloader)

    private static func componentDownloader(_ form: RepositoryForm) -> Operation {
        Operation(
            OperationType(
                "downloader.component.\(form)/v1alpha1",
                summary: "Reads a component version; contents are read when an operation needs them.",
                properties: [
                    .required("name", .textSchema, "the component's name"),
                    .required("version", .textSchema, "its version"),
                ] + form.properties,
                outputs: [
                    .required("descriptor", .objectSchema, "its descriptor"),
                    .required("data", .objectSchema, "the component version, for an operation that writes it"),
                ], role: .readsVersion,
                example: """
                    - type: downloader.component.\(form)/v1alpha1
                      id: read
                      name: acme.org/demo
                      version: 1.0.0
                      \(form.example)
                    """)
        ) { properties, context in
            let repository = try await context.repository(form.required(properties))
            let identity = ComponentVersionIdentity(
                name: try ComponentName(properties["name"]?.string ?? ""),
                version: try ComponentVersion(properties["version"]?.string ?? ""))
            let version = try await repository.get(identity)
            return ["descriptor": version.descriptor.json, "data": context.data(for: version, in: repository)]
        }
    }
}
