// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Orchestration

/// What becomes of signatures that no longer hold, since digests of resources have changed.
enum SignaturePolicy: String, CaseIterable {
    /// They are kept; one that no longer holds is an error.
    case keep
    /// Those that no longer hold are left out.
    case drop

    static let property = Property.optional(
        "signatures", .choiceSchema(allCases.map(\.rawValue)),
        "what becomes of signatures: `keep`, the default, refuses a descriptor that one of them does not hold for, "
            + "`drop` leaves those out")

    init(_ properties: JSON) throws(Fault) {
        let name = properties["signatures"]?.string ?? Self.keep.rawValue
        guard let policy = Self(rawValue: name) else {
            throw Fault(.invalid, "'signatures' is keep or drop, not '\(name.prefix(60))'")
        }
        self = policy
    }

    func apply(to descriptor: inout ComponentDescriptor) throws(Fault) {
        var lost: [String] = []
        for entry in descriptor.signatures where try !descriptor.isCovered(by: entry) { lost.append(entry.name) }
        guard !lost.isEmpty else { return }
        guard self == .drop else {
            throw Fault(
                .unverified,
                "the signature “\(lost[0])” does not hold for \(descriptor.identity) as it would be written",
                fix: "leave such signatures out with 'signatures: drop', or sign it again with sign.component")
        }
        descriptor.signatures.removeAll { lost.contains($0.name) }
    }
}

extension ComponentDescriptor {
    /// Whether a signature is over the digest that this descriptor has; who made it is not checked.
    func isCovered(by entry: SignatureEntry) throws(Fault) -> Bool {
        guard let algorithm = NormalisationAlgorithm(rawValue: entry.digest.normalisationAlgorithm),
            let digest = try? entry.digest.digest()
        else { return false }
        return try normalisationCandidates(algorithm).contains { Digest(of: $0, algorithm: digest.algorithm) == digest }
    }
}
