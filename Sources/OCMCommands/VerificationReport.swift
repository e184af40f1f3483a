// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Repositories

/// What a verification checked, against which key: as data and as text.
struct VerificationReport {
    let verified: VerifiedComponentVersion
    let isShallow: Bool

    init(_ verified: VerifiedComponentVersion, isShallow: Bool) {
        (self.verified, self.isShallow) = (verified, isShallow)
    }

    var json: JSON {
        [
            "component": .string(verified.version.identity.name.text),
            "version": .string(verified.version.identity.version.text), "verified": true,
            "depth": .string(isShallow ? "shallow" : "deep"),
            "bytes": .number(JSONNumber(bytes)),
            "signatures": .array(
                verified.signatures.map { signature in
                    [
                        "name": .string(signature.name), "algorithm": .string(signature.algorithm),
                        "normalisation": .string(signature.normalisation.rawValue),
                        "digest": .string(signature.digest.description), "key": .string(signature.signer),
                    ]
                }),
            "componentVersions": .array(
                verified.all.map { version in
                    [
                        "component": .string(version.version.identity.name.text),
                        "version": .string(version.version.identity.version.text),
                        "resources": .array(version.resources.map(Self.json)),
                    ]
                }),
        ]
    }

    private static func json(_ verdict: ResourceVerdict) -> JSON {
        var json: JSON = [
            "identity": verdict.identity.json, "outcome": .string(verdict.outcome.rawValue),
            "bytes": .number(JSONNumber(verdict.bytes)),
        ]
        if let digest = verdict.digest { json["digest"] = digest.json }
        return json
    }

    private var bytes: Int64 { verified.all.flatMap(\.resources).reduce(0) { $0 + $1.bytes } }

    var text: String {
        var lines: [String] = []
        for signature in verified.signatures {
            lines.append(
                "signature “\(signature.name)”: \(signature.algorithm) over \(signature.digest) by \(signature.signer)")
        }
        for version in verified.all {
            lines.append("\(version.version.identity)")
            for verdict in version.resources {
                let what: String =
                    switch verdict.outcome {
                    case .verified:
                        "\(ByteCount(verdict.bytes)) read, digest \(verdict.digest?.value.prefix(12) ?? "")… matches"
                    case .notRead: "NOT READ (--shallow)"
                    case .noContent: "has no content"
                    case .excluded: "EXCLUDED from the signature by its producer"
                    }
                lines.append("  \(verdict.identity.attributes["name"] ?? ""): \(what)")
            }
        }
        let count = verified.all.count
        let things = "\(count) component version\(count == 1 ? "" : "s")"
        lines.append(
            isShallow
                ? "verified \(verified.version.identity) SHALLOWLY: \(things), descriptors only, no resource was read"
                : "verified \(verified.version.identity): \(things), every byte of \(ByteCount(bytes))")
        return lines.joined(separator: "\n")
    }
}
