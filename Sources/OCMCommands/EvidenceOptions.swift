// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import ComponentModel
internal import Cryptography
internal import Evidence
internal import Repositories
internal import Transfer

/// The options of commands that leave evidence of what they did.
struct EvidenceOptions: ParsableOptions {
    @Option(
        help: "append what is verified, moved and refused to this log; fails when it cannot be written",
        valueName: "FILE", completion: .file)
    var evidence: String?
    @Option(
        help: "PEM file with the private key that signs the end of the log", valueName: "FILE", completion: .file)
    var evidenceKey: String?

    init() {}

    /// Describes a run of a command.
    func run(
        _ command: String, from source: RepositoryLocator, to targets: [RepositoryLocator] = [],
        options: [String: String]
    ) -> EvidenceRun {
        EvidenceRun(
            program: "ocm \(Version.text)", command: command, source: source.description,
            targets: targets.map(\.description), options: options)
    }

    /// Does work whose events go to the log, and ends the log whether the work is done or has failed.
    func recording(
        _ run: EvidenceRun, in context: OCMContext, _ work: (@escaping EvidenceObserver) async throws -> Void
    ) async throws {
        guard let evidence else {
            guard evidenceKey == nil else { throw UsageError("--evidence-key signs a log that --evidence names") }
            return try await work { _ in }
        }
        let key = try evidenceKey.map { path throws(Fault) in
            try PrivateKey(pem: FileSystem.read(path, limit: 1 << 20), source: path)
        }
        let log = try EvidenceLog(appendingTo: evidence, run: run, key: key)
        do {
            try await work(log.observer)
            try log.record(.operationFinished(run.command))
        } catch {
            let failure = Fault(wrapping: error)
            // The first failure is the one to report, also when the log fails after it.
            try? log.record(.operationFailed(run.command, reason: failure.message))
            _ = try? log.close(failure: failure.message)
            throw error
        }
        let last = try log.close()
        context.terminal.note("the last entry of \(evidence) has the hash \(last)")
    }
}

extension Fault {
    /// Tells that a version was refused, if that is what this failure says.
    func tell(_ evidence: EvidenceObserver, of identity: ComponentVersionIdentity, from source: RepositoryLocator)
        throws(Fault)
    {
        let subject = EvidenceSubject(identity)
        switch code {
        case .unverified:
            try evidence(.signatureRefused(subject, signature: nil, algorithm: nil, key: nil, reason: message))
        case .mismatch, .corrupt:
            try evidence(
                .contentRefused(subject, digest: nil, from: source.description, to: "nowhere", reason: message))
        default: break
        }
    }
}

extension VerifiedComponentVersion {
    /// Tells which signatures and digests were verified.
    func tell(_ evidence: EvidenceObserver) throws(Fault) {
        for signature in signatures {
            try evidence(
                .signatureVerified(
                    EvidenceSubject(version.identity), signature: signature.name, algorithm: signature.algorithm,
                    digest: signature.digest, key: signature.keyFingerprint))
        }
        for version in all {
            for resource in version.resources where resource.outcome == .verified {
                guard let digest = try resource.digest?.digest() else { continue }
                let name = resource.identity.attributes["name"] ?? ""
                try evidence(
                    .digestVerified(
                        EvidenceSubject(version.version.identity, element: ("resource", name)), digest: digest,
                        size: resource.bytes))
            }
        }
    }
}
