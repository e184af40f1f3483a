// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Cryptography
internal import Deltas
internal import Documents

/// `ocm delta make FILE DELTA`
struct MakeDelta: Command {
    static let configuration = CommandConfiguration(
        "make", abstract: "Write what a file has that others have not",
        discussion: """
            The delta holds the bytes that no base has, and for the rest where it stands in the bases. A gzip that zlib \
            makes again from its content, byte for byte, is described by its content, any other gzip by the literals, \
            matches and blocks that its compressor chose, and any other file by its bytes.
            """,
        examples: ["ocm delta make --base layer-1.tar layer-2.tar layer-2.delta"])

    @Argument(help: "the file that the delta is to give", valueName: "FILE", completion: .file) var file: String
    @Argument(help: "where the delta goes", valueName: "DELTA", completion: .file) var delta: String
    @Option(short: "b", help: "a file that the other side has; repeatable", valueName: "FILE", completion: .file)
    var base: [String] = []
    @Option(short: "o", help: "text, json or yaml") var output = OutputFormat.text

    func run(in context: OCMContext) async throws {
        let source = try SharedFile(reading: file)
        let size = try source.size()
        let digest = try await Self.digest(of: source)
        var bases: [DeltaBase] = []
        for path in base {
            let file = try SharedFile(reading: path)
            bases.append(try DeltaBase(digest: await Self.digest(of: file), file: file))
        }
        let target = DeltaTarget(digest: digest, size: size) { source.stream(0..<size) }
        let statistics = try await DeltaMaker(temporaryFolder: context.globals.tempFolder)
            .make(target, from: bases, file: delta)
        context.present(statistics.json, as: output) { statistics.text }
    }

    static func digest(of file: SharedFile) async throws -> Digest {
        var hasher = DigestHasher()
        for try await chunk in file.stream(0..<(try file.size())) { hasher.update(chunk) }
        return hasher.finalize()
    }
}

extension DeltaStatistics {
    fileprivate var json: JSON {
        [
            "size": .number(JSONNumber(size)), "targetSize": .number(JSONNumber(targetSize)),
            "copied": .number(JSONNumber(copied)), "inserted": .number(JSONNumber(inserted)),
            "copies": .number(JSONNumber(Int64(copies))), "describes": .string(form.rawValue),
        ]
    }

    fileprivate var text: String {
        let share = targetSize == 0 ? 100 : 100 * Double(size) / Double(targetSize)
        let inside =
            switch form {
            case .bytes: ""
            case .content: "; it describes what is inside the gzip"
            case .tokens: "; it describes the tokens of the gzip"
            }
        let advice = isSmaller ? "" : "; send the file itself"
        return "\(ByteCount(size)), \(decimal(share, digits: 2)) % of \(ByteCount(targetSize)): "
            + "\(ByteCount(copied)) copied in \(copies) pieces, \(ByteCount(inserted)) inserted\(inside)\(advice)"
    }
}
