// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import OCI
public import Orchestration
internal import Repositories

extension Operation {
    /// The operation that makes the artifact that Helm pulls of a packed chart.
    public static let chartToArtifact = Operation(
        OperationType(
            "ConvertHelmToOCI/v1alpha1",
            summary: """
                Makes the OCI artifact that Helm pulls of a packed chart, with its provenance if there is one. The \
                same chart gives the same artifact.
                """,
            properties: [
                .required("resource", .objectSchema, "the resource that the chart is"),
                .required("chartFile", .fileSchema, "the chart, a .tgz as `helm package` writes it"),
                .optional("provFile", .fileSchema, "the signed statement of where it comes from"),
                .optional("outputPath", .textSchema, "accepted and not needed"),
            ],
            outputs: [
                .required("file", .fileSchema, "the artifact"),
                .required("resource", .objectSchema, "the resource with the artifact's digest"),
            ],
            example: """
                - type: CTFGetLocalResource/v1alpha1
                  id: get
                  repository: {type: CommonTransportFormat/v1, filePath: ./archive}
                  component: acme.org/demo
                  version: 1.0.0
                  resourceIdentity: {name: chart}
                - type: ConvertHelmToOCI/v1alpha1
                  id: convert
                  resource: ${get.output.resource}
                  chartFile: ${get.output.file}
                """)
    ) { properties, context in
        guard case .blob(let blob) = try context.content(of: properties["chartFile"]) else {
            throw Fault(.invalid, "'chartFile' is an OCI artifact already", fix: "use it as it is")
        }
        let chart = try await blob.chart()
        var provenance: [UInt8]?
        if let file = properties["provFile"], file != .null {
            guard case .blob(let blob) = try context.content(of: file) else {
                throw Fault(.invalid, "'provFile' is an OCI artifact, and no provenance")
            }
            provenance = try await blob.open().collect(limit: 1 << 20, of: "the provenance of \(chart.name)")
        }
        let artifact = chart.artifact(provenance: provenance)
        var resource = properties["resource"] ?? [:]
        resource["digest"] = DigestSpecification(artifact: artifact.root.digest).json
        let origin = try context.origin(of: properties["chartFile"])
        return ["file": context.file(for: .artifact(artifact), origin: origin), "resource": resource]
    }
}
