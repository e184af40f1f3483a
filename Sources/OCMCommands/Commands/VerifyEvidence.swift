// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Cryptography
internal import Documents
internal import Evidence

/// `ocm evidence verify FILE`
struct VerifyEvidence: Command {
    static let configuration = CommandConfiguration(
        "verify", abstract: "Check that a log of evidence is what was written, without a network",
        discussion: """
            Every entry holds the hash of the one before it. A line that was altered, removed, inserted or reordered, \
            and an end that was cut off, is named with its line, and the exit code is 3.

            Whoever can write the file can also write all of it anew. --key demands that the key signed the end of the \
            last run; --hash demands an entry whose hash was noted when it was written, so that it shows when whole \
            runs are gone from the end.
            """,
        examples: ["ocm evidence verify transfer.jsonl --key keys/evidence-public.pem"])

    @Argument(help: "the log", valueName: "FILE", completion: .file) var file: String
    @Option(short: "k", help: "PEM file with the public key of the run", valueName: "FILE", completion: .file)
    var key: String?
    @Option(help: "the hash of an entry that must be there", valueName: "DIGEST") var hash: String?
    @Option(short: "o", help: "text, json or yaml") var output = OutputFormat.text

    func run(in context: OCMContext) async throws {
        let summary = try EvidenceVerifier(file).verify(
            key: key.map { path throws(Fault) in try TrustResolver.publicKey(path) },
            noted: hash.map { text throws(Fault) in try Digest(text) })
        context.present(summary.json, as: output) { summary.text }
    }
}

extension EvidenceSummary {
    fileprivate var json: JSON {
        var json: JSON = [
            "verified": true, "entries": .number(JSONNumber(entries)), "runs": .number(JSONNumber(Int64(runs))),
            "interruptions": .number(JSONNumber(Int64(interruptions))), "lastHash": .string(lastHash.description),
            "signatureVerified": .bool(isSignatureVerified),
        ]
        if let signer { json["signer"] = .string(signer.description) }
        return json
    }

    fileprivate var text: String {
        let signature =
            switch (signer, isSignatureVerified) {
            case (let signer?, true): "signed with the key \(signer)"
            case (let signer?, false): "SIGNATURE NOT CHECKED (of the key \(signer); give it with --key)"
            case (nil, _): "NOT SIGNED"
            }
        let interrupted =
            interruptions == 0 ? "" : ", \(interruptions) of them KILLED before the end, and followed by another"
        return """
            verified \(entries) entries of \(runs) run\(runs == 1 ? "" : "s")\(interrupted)
            the last entry has the hash \(lastHash), \(signature)
            """
    }
}
