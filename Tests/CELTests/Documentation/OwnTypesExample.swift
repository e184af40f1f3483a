// SPDX-License-Identifier: Apache-2.0

import CEL

/// The digest of an image: `sha256:…`.
struct Digest: ValueConvertible {
    let algorithm: String
    let hex: String

    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        (algorithm, hex) = (String(parts[0]), String(parts[1]))
    }

    // So that functions can take and give it.
    static let type = CELType.opaque("acme.Digest")
    var value: Value { .opaque(DigestValue(self)) }
    init?(_ value: Value) {
        guard case .opaque(let object) = value, let own = object as? DigestValue else { return nil }
        self = own.digest
    }
}

/// A digest as a value of the language.
final class DigestValue: OpaqueValue {
    static let type = Digest.type
    let digest: Digest

    init(_ digest: Digest) { self.digest = digest }

    var text: String { "\(digest.algorithm):\(digest.hex)" }
    func isEqual(to other: any OpaqueValue) -> Bool { text == other.text }
}

extension Library {
    /// `digest(text)`, `digest.algorithm()`, `string(digest)`, and the name of the type.
    static let digests = Library(
        "digests",
        functions: [
            Function(
                "digest",
                .function("string_to_digest") { (text: String, budget) throws(EvaluationError) in
                    try budget.allocate(bytes: text.utf8.count)
                    guard let digest = Digest(text) else { throw .invalid("'\(text)' is no digest") }
                    return digest
                }),
            Function("algorithm", .method("digest_algorithm") { (digest: Digest, _) in digest.algorithm }),
            Function("string", .function("digest_to_string") { (digest: Digest, _) in "\(DigestValue(digest).text)" }),
        ],
        types: [Digest.type])
}

/// Images by name; none is looked up before an expression asks for it.
final class ImageIndex: MapSource {
    private let digests: [String: String]

    init(_ digests: [String: String]) { self.digests = digests }

    var count: Int { digests.count }
    var keys: [String] { Array(digests.keys) }
    subscript(name: String) -> Value? { digests[name].flatMap { Digest($0) }?.value }
}

/// What an expression over `images` yields.
func evaluate(_ text: String, over images: ImageIndex) throws -> Value {
    let environment = Environment(
        libraries: [.standard, .digests], variables: ["images": .map(.string, Digest.type)])
    return try environment.compile(text).evaluate(["images": .map(MapValue(images))])
}
