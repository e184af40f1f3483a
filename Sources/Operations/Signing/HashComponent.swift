// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
public import Orchestration
internal import Repositories

extension Operation {
    /// The operation that digests a component version.
    public static let componentHash = Operation(
        OperationType(
            "hash.component/v1alpha1", aliases: ["hash/v1alpha1"],
            summary: """
                Computes the digest of a component version as it will be written: with the places and digests that \
                operations before this one gave to its resources, and with a digest for each resource and reference.
                """,
            properties: [.required("componentDescriptor", .objectSchema, "its descriptor")]
                + DescriptorDigester.properties
                + [
                    .optional(
                        "contents", .booleanSchema,
                        "whether resources that have a digest are read and compared with it; without it, they are not")
                ],
            outputs: [
                .required("digest", .objectSchema, "the digest, as a reference to the component version carries it"),
                .required("normalised", .textSchema, "the text that was hashed"),
                .required("descriptor", .objectSchema, "the descriptor with all digests"),
            ], role: .writesDescriptor,
            example: """
                \(ExampleOperations.component)
                - type: hash.component/v1alpha1
                  id: hash
                  componentDescriptor: ${read.outputs.descriptor}
                  hashAlgorithm: SHA-512
                """)
    ) { properties, context in
        let digester = try DescriptorDigester(properties, context)
        var descriptor = try GivenDescriptor(properties, context).descriptor.relocated(by: context)
        try await digester.complete(&descriptor, reading: properties["contents"]?.bool ?? false)
        let algorithm = digester.algorithm(for: descriptor)
        return [
            "digest": try descriptor.digestSpecification(algorithm, hash: digester.hash).json,
            "normalised": .string(String(decoding: try descriptor.normalised(algorithm), as: UTF8.self)),
            "descriptor": descriptor.json,
        ]
    }

    /// The operation that digests a content.
    public static let contentDigest = Operation(
        OperationType(
            "digest.resource/v1alpha1",
            summary: """
                Reads a content to its last byte and computes the digest that its resource carries: that of the \
                manifest for an OCI artifact or an archive of one, that of the bytes for all else.
                """,
            properties: [.required("data", .fileSchema, "the content")],
            outputs: [.required("digest", .objectSchema, "the digest, with the names of hash and normalisation")],
            example: """
                - type: downloader.resource.oci/v1alpha1
                  id: image
                  imageReference: registry.acme.org/images/demo:1.0.0
                - type: digest.resource/v1alpha1
                  id: digest
                  data: ${image.outputs.data}
                """)
    ) { properties, context in
        let content = try context.content(of: properties["data"])
        let digest = try await ContentVerifier(temporaryFolder: context.temporaryFolder)
            .digest(of: content, thing: "the content")
        return ["digest": digest.json]
    }
}
