// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Orchestration
internal import Repositories

/// Completes the digests of a descriptor, which its hash and its signatures cover: children before parents.
struct DescriptorDigester {
    private let context: OperationContext
    /// The hash of normalised descriptors.
    let hash: Digest.Algorithm
    /// How descriptors are normalised; nil chooses for each what both families of tools verify.
    let normalisation: NormalisationAlgorithm?
    /// The descriptors of referenced component versions, by the names of the references.
    private let children: [String: ComponentDescriptor]

    static let properties: [Property] = [
        .optional(
            "normalisation", .choiceSchema(NormalisationAlgorithm.allCases.map(\.rawValue)),
            "how the descriptor is normalised; without it, the way that most tools verify"),
        .optional("hashAlgorithm", .choiceSchema(["SHA-256", "SHA-512"]), "the hash; without it, SHA-256"),
        references,
    ]
    static let references = Property.optional(
        "componentReferences", .objectSchema,
        "descriptors of referenced component versions by the names of the references; their digests replace those of "
            + "the references")

    init(_ properties: JSON, _ context: OperationContext) throws(Fault) {
        self.context = context
        let hashName = properties["hashAlgorithm"]?.string ?? Digest.Algorithm.sha256.ocmName
        guard let hash = Digest.Algorithm(ocmName: hashName) else {
            throw Fault(.invalid, "'hashAlgorithm' is SHA-256 or SHA-512, not '\(hashName.prefix(60))'")
        }
        self.hash = hash
        if let name = properties["normalisation"]?.string {
            guard let algorithm = NormalisationAlgorithm(rawValue: name) else {
                throw Fault(
                    .invalid, "'\(name.prefix(60))' is no normalisation",
                    fix: "use one of \(NormalisationAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            normalisation = algorithm
        } else {
            normalisation = nil
        }
        children = try Self.children(properties)
    }

    /// The descriptors that `componentReferences` holds.
    static func children(_ properties: JSON) throws(Fault) -> [String: ComponentDescriptor] {
        var children: [String: ComponentDescriptor] = [:]
        for (name, json) in properties["componentReferences"]?.object ?? [:] {
            children[name] = try ComponentDescriptor(json: json, source: "'componentReferences.\(name)'")
        }
        return children
    }

    /// The algorithm for a descriptor.
    func algorithm(for descriptor: ComponentDescriptor) -> NormalisationAlgorithm {
        normalisation ?? descriptor.portableNormalisation
    }

    /// Gives every reference and every resource its digest.
    ///
    /// - Parameter reading: whether contents whose digests are stated are read and compared with them too.
    /// - Throws: `unverified` for a reference whose digest is not known, `mismatch` for content that is not what its
    ///   digest says.
    func complete(_ descriptor: inout ComponentDescriptor, reading: Bool) async throws {
        try pinReferences(of: &descriptor)
        let placed = context.relocations(of: descriptor.identity)
        let verifier = ContentVerifier(temporaryFolder: context.temporaryFolder)
        for (index, resource) in descriptor.resources.enumerated() {
            let thing = "the resource \(resource.identity) of \(descriptor.identity)"
            // What an operation of this run placed was read then, to its last byte.
            let isKnown = resource.digest != nil && (!reading || placed[resource.identity] != nil)
            guard !isKnown, resource.digest?.isExcluded != true, let access = resource.access,
                let content = try await context.content(of: access, of: descriptor.identity, thing: thing)
            else { continue }
            if let stated = resource.digest {
                _ = try await verifier.verify(content, against: stated, thing: thing)
            } else {
                descriptor.resources[index].digest = try await verifier.digest(of: content, thing: thing)
            }
        }
    }

    private func pinReferences(of descriptor: inout ComponentDescriptor) throws(Fault) {
        for name in children.keys.sorted() where !descriptor.references.contains(where: { $0.name == name }) {
            throw Fault(
                .invalid, "'componentReferences' names “\(name)”, which is no reference of \(descriptor.identity)",
                fix: "its references are \(descriptor.references.map(\.name).joined(separator: ", "))")
        }
        for (index, reference) in descriptor.references.enumerated() {
            guard let child = children[reference.name] else {
                guard reference.digest != nil else {
                    throw Fault(
                        .unverified,
                        "\(descriptor.identity) refers to \(try reference.target) without a digest, so that its own "
                            + "would not cover it",
                        fix: "give the child's descriptor: componentReferences: {\(reference.name): ${…}}")
                }
                continue
            }
            guard child.identity == (try reference.target) else {
                throw Fault(
                    .mismatch,
                    "the reference “\(reference.name)” of \(descriptor.identity) is to \(try reference.target), and the "
                        + "descriptor given for it is of \(child.identity)",
                    fix: "give the descriptor of the version that is referred to")
            }
            if let pinned = reference.digest, (try? child.check(pinned, pinnedBy: descriptor.identity)) != nil {
                // A digest that is right stays as it is written.
                continue
            }
            descriptor.references[index].digest = try child.digestSpecification(algorithm(for: child), hash: hash)
        }
    }
}
