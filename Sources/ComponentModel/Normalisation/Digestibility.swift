// SPDX-License-Identifier: Apache-2.0

/// Why a signature over a descriptor would not cover all that the descriptor names.
public struct DigestibilityFinding: Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Problem: String, Sendable {
        /// A reference has no complete digest, so the version it names could be exchanged.
        case referenceWithoutDigest = "reference-without-digest"
        /// A resource has content and no digest, so its content could be exchanged.
        case resourceWithoutDigest = "resource-without-digest"
        /// A resource without content has a digest, which no signature covers.
        case digestWithoutContent = "digest-without-content"
    }

    /// What is wrong.
    public let problem: Problem
    /// The element it is wrong with.
    public let element: ElementIdentity

    /// The finding as a sentence.
    public var description: String {
        switch problem {
        case .referenceWithoutDigest: "the reference \(element) has no complete digest"
        case .resourceWithoutDigest: "the resource \(element) has no complete digest"
        case .digestWithoutContent: "the resource \(element) has a digest and no content"
        }
    }
}

extension ComponentDescriptor {
    /// What keeps a signature from covering everything; empty when the descriptor is safe to digest and sign.
    ///
    /// Contents that the producer excluded are no finding: the exclusion is signed.
    public var digestibilityFindings: [DigestibilityFinding] {
        func isComplete(_ digest: DigestSpecification?) -> Bool {
            digest.map { !$0.hashAlgorithm.isEmpty && !$0.normalisationAlgorithm.isEmpty && !$0.value.isEmpty } ?? false
        }
        let references = references.filter { !isComplete($0.digest) }.map {
            DigestibilityFinding(problem: .referenceWithoutDigest, element: $0.identity)
        }
        let resources = resources.compactMap { resource -> DigestibilityFinding? in
            guard let access = resource.access, !access.isNone else {
                guard resource.digest != nil else { return nil }
                return DigestibilityFinding(problem: .digestWithoutContent, element: resource.identity)
            }
            guard !isComplete(resource.digest) else { return nil }
            return DigestibilityFinding(problem: .resourceWithoutDigest, element: resource.identity)
        }
        return references + resources
    }
}
