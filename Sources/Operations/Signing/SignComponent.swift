// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
public import Orchestration
internal import Repositories

extension Operation {
    /// The operation that signs a component version.
    public static let componentSigning = Operation(
        OperationType(
            "sign.component/v1alpha1", aliases: ["sign/v1alpha1"],
            summary: """
                Signs a component version as it will be written. Every resource is read and compared with its digest, \
                or digested, before anything is signed. The key is named; whoever runs the specification says which \
                file that is.
                """,
            properties: [
                .required("componentDescriptor", .objectSchema, "its descriptor"),
                .required("signature", .textSchema, "the signature's name"),
                .optional(
                    "privateKey", .textSchema,
                    "the name of the key, as --signing-key gives it; without it, the signature's name"),
                .optional(
                    "algorithm", .choiceSchema(SignatureScheme.allCases.map(\.rawValue)),
                    "the algorithm; without it, what fits the key"),
            ] + DescriptorDigester.properties + [
                .optional(
                    "contents", .booleanSchema,
                    "whether resources that have a digest are read and compared with it; without it, they are"),
                SignaturePolicy.property,
            ],
            outputs: [
                .required("descriptor", .objectSchema, "the descriptor with the signature and all digests"),
                .required("signature", .objectSchema, "the signature"),
            ], role: .writesDescriptor,
            example: """
                \(ExampleOperations.component)
                - type: sign.component/v1alpha1
                  id: sign
                  componentDescriptor: ${read.outputs.descriptor}
                  signature: acme-signature
                  privateKey: acme
                  signatures: drop
                - type: uploader.component.ctf/v1alpha1
                  filePath: ./target
                  componentDescriptor: ${sign.outputs.descriptor}
                """)
    ) { properties, context in
        let name = properties["signature"]?.string ?? ""
        let key = try context.keys.signingKey(properties["privateKey"]?.string ?? name)
        let scheme = try scheme(properties["algorithm"]?.string, key)
        let policy = try SignaturePolicy(properties)
        let digester = try DescriptorDigester(properties, context)
        var descriptor = try GivenDescriptor(properties, context).descriptor.relocated(by: context)
        try await digester.complete(&descriptor, reading: properties["contents"]?.bool ?? true)
        try policy.apply(to: &descriptor)
        let entry: SignatureEntry
        if let known = descriptor.signatures.first(where: { $0.name == name }) {
            guard (try? descriptor.verify(known, with: .key(key.publicKey))) != nil else {
                throw Fault(
                    .conflict, "\(descriptor.identity) has a signature “\(name)” of another key",
                    fix: "choose another name for the signature")
            }
            entry = known
        } else {
            entry = try descriptor.sign(
                name: name, scheme: scheme, hash: digester.hash, normalisation: digester.algorithm(for: descriptor),
                key: key)
            descriptor.signatures.append(entry)
        }
        return ["descriptor": descriptor.json, "signature": entry.json]
    }

    private static func scheme(_ name: String?, _ key: PrivateKey) throws(Fault) -> SignatureScheme {
        guard let name else { return key.usualScheme }
        guard let scheme = SignatureScheme(rawValue: name) else {
            throw Fault(
                .invalid, "'\(name.prefix(60))' is no algorithm to sign with",
                fix: "use one of \(SignatureScheme.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return scheme
    }
}
