// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import Cryptography

/// Finds out how a blob can be made again from what is inside, by doing it.
struct GzipExaminer {
    private let target: DeltaTarget
    private var thing: String { "the blob \(target.digest)" }

    init(_ target: DeltaTarget) { self.target = target }

    /// From what the blob can be made, and how many bytes that has.
    ///
    /// What zlib makes again is described by its content, whatever the bases are; that is smaller than by its tokens, and
    /// bases may be compressed by another compressor or not at all.
    ///
    /// - Parameter isLikely: whether a base may have tokens, without which those of the blob are not looked for.
    func examine(isLikely: Bool) async throws -> (result: DeltaHeader.Result, size: Int64) {
        let start = try await target.open().start(256 * 1024)
        guard Gzip.isGzip(start[...]) else { return (.bytes, target.size) }
        if let (recipe, size) = try await recipe(start) { return (.content(recipe), size) }
        guard isLikely else { return (.bytes, target.size) }
        let size = try await sizeOfSame { stream, observe in
            stream.transformed(by: TokenParser(source: thing)).observed(observe)
                .transformed(by: TokenEncoder(source: thing))
        }
        return size.map { (.tokens, $0) } ?? (.bytes, target.size)
    }

    private func recipe(_ start: [UInt8]) async throws -> (GzipRecipe, Int64)? {
        let content = try await ByteStream(start).gunzipped(source: "the start").start(1 << 20, untilFailure: true)
        for recipe in try GzipRecipe.candidates(start: start[...], content: content[...]) {
            let size = try await sizeOfSame { stream, observe in
                stream.gunzipped(source: thing).observed(observe).gzipped(recipe)
            }
            if let size { return (recipe, size) }
        }
        return nil
    }

    /// Makes the blob again from something; the size of that when the same bytes come out.
    private func sizeOfSame(
        _ remake: (ByteStream, @escaping @Sendable (Int) -> Void) -> ByteStream
    ) async throws -> Int64? {
        let size = Guarded<Int64>(0)
        var hasher = DigestHasher(target.digest.algorithm)
        do {
            let remade = remake(try await target.stream()) { count in size.withLock { $0 += Int64(count) } }
            while let chunk = try await remade.next() { hasher.update(chunk) }
        } catch let fault as Fault where [.invalid, .limitExceeded].contains(fault.code) {
            // What only looks like a gzip is described as it is.
            return nil
        }
        return hasher.finalize() == target.digest ? size.withLock { $0 } : nil
    }
}

extension ByteStream {
    /// The first bytes; fewer when it ends, or, if asked for, fails.
    func start(_ count: Int, untilFailure: Bool = false) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            while bytes.count < count, let chunk = try await next() { bytes += chunk.prefix(count - bytes.count) }
        } catch {
            guard untilFailure else { throw error }
        }
        return bytes
    }
}
