// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Cryptography
internal import Deltas

/// `ocm delta apply DELTA FILE`
struct ApplyDelta: Command {
    static let configuration = CommandConfiguration(
        "apply", abstract: "Rebuild a file from a delta and the files it was made from",
        discussion: """
            The file appears when all of it is there and has the digest that the delta names; --digest demands that it \
            is the right one, since a delta is as trustworthy as where it comes from.
            """,
        examples: ["ocm delta apply --base layer-1.tar layer-2.delta layer-2.tar"])

    @Argument(help: "the delta", valueName: "DELTA", completion: .file) var delta: String
    @Argument(help: "where the file goes", valueName: "FILE", completion: .file) var file: String
    @Option(
        short: "b", help: "a file it was made from, in any order; repeatable", valueName: "FILE", completion: .file)
    var base: [String] = []
    @Option(help: "the digest the file must have", valueName: "DIGEST") var digest: String?

    func run(in context: OCMContext) async throws {
        let applier = DeltaApplier(temporaryFolder: context.globals.tempFolder)
        let header = try await applier.header(of: ByteStream(file: delta))
        let wanted = try digest.map { text throws(Fault) in try Digest(text) } ?? header.digest
        var bases: [Digest: DeltaBase] = [:]
        for path in base {
            let file = try SharedFile(reading: path)
            let digest = try await MakeDelta.digest(of: file)
            bases[digest] = try DeltaBase(digest: digest, file: file)
        }
        let known = bases
        let blob = try await applier.blob(wanted, size: nil, from: ByteStream(file: delta)) { needed in
            guard let base = known[needed.digest] else {
                throw Fault(
                    .notFound, "\(delta) was made from \(needed.digest) of \(needed.size) bytes, which is not given",
                    fix: "name the file with --base")
            }
            return base
        }
        let made = try AtomicFile(file)
        for try await chunk in blob { try made.write(chunk) }
        try made.commit()
        context.print("\(wanted)")
    }
}
