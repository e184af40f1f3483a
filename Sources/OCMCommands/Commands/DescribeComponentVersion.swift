// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import ComponentModel
internal import Documents
internal import OCI
internal import Repositories

/// `ocm describe component-version REFERENCE`
struct DescribeComponentVersion: Command {
    static let configuration = CommandConfiguration(
        "component-version", aliases: componentVersionAliases,
        abstract: "Show a component version: what it holds, how large it is, who signed it",
        examples: ["ocm describe cv ./transport-archive//acme.org/sovereign/product:1.0.0"])

    @Argument(help: "the component version") var reference: ComponentVersionLocator
    @Option(short: "o", help: "text, json or yaml; json and yaml give the descriptor as it is stored") var output =
        OutputFormat.text

    func run(in context: OCMContext) async throws {
        let repository = try await context.open(reference)
        for identity in try await context.identities(reference, in: repository, latest: true, constraint: nil) {
            let version = try await repository.get(identity)
            context.present(version.descriptor.json, as: output) { Self.text(version, in: repository) }
        }
    }

    private static func text(_ version: StoredComponentVersion, in repository: any ComponentVersionRepository) -> String
    {
        let descriptor = version.descriptor
        var lines = [
            "component   \(descriptor.identity.name)", "version     \(descriptor.identity.version)",
            "provider    \(descriptor.provider.name)", "repository  \(repository.locator)",
        ]
        if let digest = version.storedDigest { lines.append("stored as   \(digest)") }
        if let time = descriptor.creationTime { lines.append("created     \(time)") }
        for label in descriptor.labels {
            lines.append("label       \(label.name)\(label.isSigned ? " (signed)" : "") = \(label.value.text())")
        }
        for resource in descriptor.resources {
            lines.append(
                "resource    \(resource.name) \(resource.version)  \(resource.type), \(resource.relation.rawValue)")
            if let access = resource.access { lines.append("              access \(summary(access, version))") }
            if let digest = resource.digest {
                lines.append(
                    "              digest \(digest.hashAlgorithm):\(digest.value) [\(digest.normalisationAlgorithm)]")
            }
        }
        for element in descriptor.sources {
            lines.append("source      \(element.name) \(element.version)  \(element.type)")
        }
        for reference in descriptor.references {
            lines.append("reference   \(reference.name) → \(reference.componentName):\(reference.version)")
            if let digest = reference.digest {
                lines.append(
                    "              digest \(digest.hashAlgorithm):\(digest.value) [\(digest.normalisationAlgorithm)]")
            }
        }
        for signature in descriptor.signatures {
            lines.append(
                "signature   \(signature.name)  \(signature.algorithm) over \(signature.digest.hashAlgorithm):"
                    + "\(signature.digest.value) [\(signature.digest.normalisationAlgorithm)], not verified here")
        }
        return lines.joined(separator: "\n")
    }

    private static func summary(_ access: TypedSpecification, _ version: StoredComponentVersion) -> String {
        let type = access.type.description
        if let image = access.json["imageReference"]?.string { return "\(type) \(image)" }
        guard LocalBlobAccess.typeNames.contains(access.type.name),
            let reference = access.json["localReference"]?.string
        else {
            return type
        }
        let digest = try? LocalBlobAccess.digest(reference)
        let stored = digest.flatMap { version.contents.artifacts[$0] ?? version.contents.blobs[$0] }
        let size =
            stored.map { ", \(ByteCount($0.size))\(version.contents.artifacts[$0.digest] == nil ? "" : " manifest")" }
            ?? ""
        return "\(type) \(access.json["mediaType"]?.string ?? "")\(size)"
    }
}
