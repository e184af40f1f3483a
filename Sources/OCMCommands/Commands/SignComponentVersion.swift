// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Repositories

/// `ocm sign component-version REFERENCE`
struct SignComponentVersion: Command {
    static let configuration = CommandConfiguration(
        "component-version", aliases: componentVersionAliases,
        abstract: "Sign a component version, and with --recursive all it refers to",
        discussion: """
            Every resource is read and compared with its digest, or digested when it has none; every reference is \
            pinned to the digest of the version it names. Only then anything is signed and written, children first.
            """,
        examples: [
            "ocm sign cv --signature acme-signature --private-key keys/acme-private.pem --recursive "
                + "./transport-archive//acme.org/sovereign/product:1.0.0",
            "ocm sign cv ghcr.io/acme//acme.org/app:1.0.0   # key from the configuration",
        ])

    @Argument(help: "the component version to sign") var reference: ComponentVersionLocator
    @Option(help: "the signature's name") var signature = "default"
    @Option(
        short: "K", help: "PEM file with the private key; default: from the configuration", valueName: "[NAME=]FILE",
        completion: .file)
    var privateKey: NamedFile?
    @Option(short: "S", help: "the algorithm; default: what fits the key, RSASSA-PSS for RSA") var algorithm:
        SignatureScheme?
    @Option(
        short: "N", help: "the normalisation; default: jsonNormalisation/v4alpha1 where all tools agree on it, else v3")
    var normalisation: NormalisationAlgorithm?
    @Option(short: "H", help: "the hash: SHA-256 or SHA-512") var hash: HashName?
    @Option(
        help: "PEM file with the certificate of the key and its issuers, leaf first", valueName: "FILE",
        completion: .file)
    var certificate: String?
    @Flag(short: "R", help: "sign referenced versions too") var recursive = false
    @Flag(help: "replace a signature of that name") var force = false
    @Flag(help: "compute everything, print the signature and write nothing") var dryRun = false
    @Option(help: "another repository to look up referenced versions; repeatable") var lookup: [RepositoryLocator] = []
    @Option(short: "o", help: "text, json or yaml") var output = OutputFormat.text

    func run(in context: OCMContext) async throws {
        let (key, scheme) = try signingKey(context)
        var options = ComponentSigner.Options(name: privateKey?.name ?? signature, key: key, scheme: scheme)
        options.hash = hash?.algorithm ?? .sha256
        options.normalisation = normalisation
        options.isRecursive = recursive
        options.replacesSignature = force
        options.encoding = try context.configuration.signingDefaults(for: options.name).encoding
        if let certificate {
            options.chain = try Certificate.all(
                inPEM: FileSystem.read(certificate, limit: 1 << 20), source: certificate)
        }
        let first = try await context.open(reference, dryRun ? .read : .write)
        var others: [any ComponentVersionRepository] = []
        for locator in lookup { others.append(try await context.connections.open(locator, .write)) }
        guard let identity = try await context.identities(reference, in: first, latest: true, constraint: nil).first
        else {
            return
        }
        let (source, final, isDry) = (
            ComponentVersionSource(first, lookup: others, resolver: context.resolver), options, dryRun
        )
        let outcomes = try await context.withProgress { observer in
            try await ComponentSigner(
                source: source, access: context.access, options: final, temporaryFolder: context.globals.tempFolder,
                observer: observer
            ).sign(identity, dryRun: isDry)
        }
        let json = JSON.array(
            outcomes.map { outcome in
                var json: JSON = [
                    "component": .string(outcome.identity.name.text), "version": .string(outcome.identity.version.text),
                    "written": .bool(outcome.isWritten),
                ]
                if let signature = outcome.signature { json["signature"] = signature.json }
                return json
            })
        context.present(json, as: output) {
            outcomes.map { outcome in
                guard let signature = outcome.signature else { return "digested \(outcome.identity)" }
                let verb = isDry ? "would sign" : outcome.isWritten ? "signed" : "signed already:"
                return "\(verb) \(outcome.identity) as “\(signature.name)” with \(signature.algorithm) "
                    + "(\(signature.digest.normalisationAlgorithm), \(signature.digest.hashAlgorithm):\(signature.digest.value))"
            }.joined(separator: "\n")
        }
    }

    private func signingKey(_ context: OCMContext) throws -> (PrivateKey, SignatureScheme) {
        if let privateKey {
            let key = try context.privateKey(privateKey.path)
            let configured = try context.configuration.signingDefaults(for: privateKey.name ?? signature).scheme
            return (key, algorithm ?? configured ?? key.usualScheme)
        }
        let configured = try context.configuration.signingDefaults(for: signature).scheme
        for scheme in (algorithm ?? configured).map({ [$0] }) ?? SignatureScheme.allCases {
            guard let credential = context.signingCredential(signature: signature, algorithm: scheme.rawValue) else {
                continue
            }
            if let text = credential.value("privateKeyPEM", "private_key_pem") {
                return (try PrivateKey(pem: Array(text.utf8), source: "the credential property privateKeyPEM"), scheme)
            }
            if let path = credential.value("privateKeyPEMFile", "private_key_pem_file") {
                return (try context.privateKey(path), scheme)
            }
        }
        throw Fault(
            .notFound, "there is no private key for the signature “\(signature)”",
            fix: "pass --private-key FILE, or configure a consumer of type RSA/v1alpha1 for it")
    }
}

extension OCMContext {
    /// The private key in a file. One that nobody may read was locked away; that the superuser could read it all the
    /// same is no permission.
    ///
    /// One that others may read is as good as published, and a warning says so; it still signs, as pipelines write and
    /// mount keys this way.
    func privateKey(_ path: String) throws -> PrivateKey {
        let entry = try FileSystem.entry(at: path).flatMap { $0.kind == .file ? $0 : nil }
        guard entry.map({ $0.mode & 0o444 != 0 }) ?? true else {
            throw Fault(
                .forbidden, "\(path) may be read by nobody", fix: "if the key is to be used, run chmod 600 \(path)")
        }
        let key = try PrivateKey(pem: FileSystem.read(path, limit: 1 << 20), source: path)
        if let entry, entry.mode & 0o077 != 0 {
            terminal.note("warning: the private key \(path) is open to others; run `chmod 600 \(path)`")
        }
        return key
    }
}
