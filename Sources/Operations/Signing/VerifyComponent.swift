// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
public import Orchestration
internal import Repositories

extension Operation {
    /// The operation that verifies a component version.
    public static let componentVerification = Operation(
        OperationType(
            "verify.component/v1alpha1", aliases: ["verify/v1alpha1"],
            summary: """
                Verifies a signature of a component version, and passes its descriptor on. What reads it from here \
                runs only when the signature holds.
                """,
            properties: [
                .required("componentDescriptor", .objectSchema, "its descriptor"),
                .required("signature", .textSchema, "the signature's name"),
                .optional(
                    "publicKey", .textSchema,
                    "the name of the key, as --public-key gives it or the configuration has it; without it, the "
                        + "signature's name"),
                .optional(
                    "contents", .booleanSchema,
                    "whether every resource is read and compared with its signed digest; without it, they are not"),
                .optional(
                    "componentReferences", .objectSchema,
                    "descriptors of referenced component versions by the names of the references, to be compared "
                        + "with the signed digests of these"),
            ],
            outputs: [
                .required("descriptor", .objectSchema, "the descriptor, verified"),
                .required(
                    "signatures",
                    .listSchema(
                        of: .objectSchema([
                            .required("name", .textSchema, "the signature's name"),
                            .required("signer", .textSchema, "who signed"),
                            .required("algorithm", .textSchema, "the algorithm"),
                            .required("digest", .textSchema, "the digest that was signed"),
                        ])), "the signatures that hold"),
            ],
            example: """
                \(ExampleOperations.component)
                - type: verify.component/v1alpha1
                  id: verify
                  componentDescriptor: ${read.outputs.descriptor}
                  signature: acme-signature
                  publicKey: acme
                  contents: true
                - type: uploader.component.ctf/v1alpha1
                  filePath: ./target
                  componentDescriptor: ${verify.outputs.descriptor}
                """)
    ) { properties, context in
        let name = properties["signature"]?.string ?? ""
        let descriptor = try GivenDescriptor(properties, context).descriptor
        let key = try context.keys.verificationKey(properties["publicKey"]?.string ?? name)
        let verified = try ComponentVersionVerifier.verifySignatures(
            of: descriptor, [SignatureTrust(signature: name, key: key)])
        try SignedDigests(descriptor).check(DescriptorDigester.children(properties))
        if properties["contents"]?.bool ?? false { try await SignedDigests(descriptor).checkContents(context) }
        return [
            "descriptor": descriptor.json,
            "signatures": .array(
                verified.map { signature in
                    [
                        "name": .string(signature.name), "signer": .string(signature.signer),
                        "algorithm": .string(signature.algorithm), "digest": .string(signature.digest.description),
                    ]
                }),
        ]
    }
}

/// Compares what a signed descriptor names with the digests in it.
private struct SignedDigests {
    private let descriptor: ComponentDescriptor

    init(_ descriptor: ComponentDescriptor) { self.descriptor = descriptor }

    /// Compares descriptors of children with what the references pin.
    func check(_ children: [String: ComponentDescriptor]) throws(Fault) {
        for (name, child) in children.sorted(by: { $0.key < $1.key }) {
            let references = descriptor.references.filter { $0.name == name }
            guard let reference = references.first, child.identity == (try reference.target) else {
                throw Fault(.mismatch, "\(descriptor.identity) has no reference “\(name)” to \(child.identity)")
            }
            guard let pinned = reference.digest else {
                throw Fault(
                    .unverified, "\(descriptor.identity) refers to \(child.identity) without a digest",
                    fix: "sign \(descriptor.identity) again; signing pins every reference")
            }
            try child.check(pinned, pinnedBy: descriptor.identity)
        }
    }

    /// Reads every resource to its last byte.
    func checkContents(_ context: OperationContext) async throws {
        let verifier = ContentVerifier(temporaryFolder: context.temporaryFolder)
        for resource in descriptor.resources {
            let thing = "the resource \(resource.identity) of \(descriptor.identity)"
            guard let access = resource.access, !access.isNone, resource.digest?.isExcluded != true else { continue }
            guard let digest = resource.digest else {
                throw Fault(
                    .unverified, "\(thing) has no digest, so nothing vouches for its bytes",
                    fix: "sign \(descriptor.identity) again; signing digests every resource")
            }
            guard let content = try await context.content(of: access, of: descriptor.identity, thing: thing) else {
                continue
            }
            _ = try await verifier.verify(content, against: digest, thing: thing)
        }
    }
}
