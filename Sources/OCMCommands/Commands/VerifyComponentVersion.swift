// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Evidence
internal import Repositories

/// `ocm verify component-version REFERENCE`
struct VerifyComponentVersion: Command {
    static let configuration = CommandConfiguration(
        "component-version", aliases: componentVersionAliases,
        abstract: "Verify signature, descriptor, references and every byte of every resource",
        discussion: """
            The check is deep: a signature covers the descriptor, the descriptor pins every resource and every \
            referenced version by digest, and all of these are read and compared. Nothing is assumed; what is not \
            covered by a digest is an error. --shallow leaves the bytes unread, and says so.
            """,
        examples: [
            "ocm verify cv --signature acme-signature --public-key keys/acme-public.pem "
                + "./transport-archive//acme.org/sovereign/product:1.0.0",
            "ocm verify cv --ca-cert keys/root.pem --issuer CN=acme ghcr.io/acme//acme.org/app:1.0.0 -o json",
        ])

    @Argument(help: "the component version to verify") var reference: ComponentVersionLocator
    @Option(short: "s", help: "a signature that must verify; repeatable; default: every one there is") var signature:
        [String] = []
    @Option(
        short: "k", help: "PEM file with the public key or certificate; repeatable; default: from the configuration",
        valueName: "[NAME=]FILE", completion: .file)
    var publicKey: [NamedFile] = []
    @Option(
        help: "PEM file with root certificates, for signatures with a certificate; repeatable", valueName: "FILE",
        completion: .file)
    var caCert: [String] = []
    @Option(short: "I", help: "the distinguished name the signing certificate must have") var issuer: String?
    @Flag(help: "do not read the bytes of resources") var shallow = false
    @Option(help: "another repository to look up referenced versions; repeatable") var lookup: [RepositoryLocator] = []
    @OptionGroup var evidence: EvidenceOptions
    @Option(short: "o", help: "text, json or yaml") var output = OutputFormat.text

    func run(in context: OCMContext) async throws {
        let options = ["shallow": "\(shallow)", "signature": signature.joined(separator: ",")]
        let run = evidence.run("verify component-version", from: reference.repository, options: options)
        try await evidence.recording(run, in: context) { observer in try await verify(in: context, observer) }
    }

    private func verify(in context: OCMContext, _ evidence: @escaping EvidenceObserver) async throws {
        let source = try await context.source(reference, lookup: lookup)
        let identities = try await context.identities(
            reference, in: source.repositories[0], latest: true, constraint: nil)
        for identity in identities {
            let version = try await source.repositories[0].get(identity)
            let trust = try TrustResolver(context: context).trust(
                signatures: signature, publicKeys: publicKey, roots: caCert, issuer: issuer, for: version.descriptor)
            let depth: ComponentVersionVerifier.Depth = shallow ? .shallow : .deep
            let verified: VerifiedComponentVersion
            do {
                verified = try await context.withProgress { observer in
                    try await ComponentVersionVerifier(
                        source: source, access: context.access, depth: depth,
                        temporaryFolder: context.globals.tempFolder, observer: observer
                    ).verify(identity, trust: trust)
                }
            } catch {
                try Fault(wrapping: error).tell(evidence, of: identity, from: reference.repository)
                throw error
            }
            try verified.tell(evidence)
            let report = VerificationReport(verified, isShallow: shallow)
            context.present(report.json, as: output) { report.text }
        }
    }
}
