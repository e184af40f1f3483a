// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import Cryptography

/// Finds out how a blob can be made again from what is inside, by doing it.
struct GzipExaminer {
    private let target: DeltaTarget
    private var thing: String { "the blob \(target.digest)" }

    private let limits: DeltaLimits
    private let temporaryFolder: String?

    init(_ target: DeltaTarget, limits: DeltaLimits, temporaryFolder: String?) {
        (self.target, self.limits, self.temporaryFolder) = (target, limits, temporaryFolder)
    }

    /// From what a blob can be made again, and how many bytes that has.
    struct Finding: Sendable {
        let result: DeltaHeader.Result
        let size: Int64
        /// The first bytes of that which stand in a file already.
        var blocks: SharedFile?
    }

    /// From what the blob can be made again.
    ///
    /// What zlib makes again is described by its content, whatever the bases are; that is smaller than by its tokens, and
    /// bases may be compressed by another compressor or not at all.
    ///
    /// - Parameter isLikely: whether a base may have tokens, without which those of the blob are not looked for.
    func examine(isLikely: Bool) async throws -> Finding {
        let start = try await target.open().start(256 * 1024)
        let bytes = Finding(result: .bytes, size: target.size)
        guard Gzip.isGzip(start[...]) else { return bytes }
        if let (recipe, size) = try await recipe(start) { return Finding(result: .content(recipe), size: size) }
        guard isLikely else { return bytes }
        do { return try await tokens() ?? bytes } catch let fault as Fault
            where [.invalid, .limitExceeded].contains(fault.code)
        {
            // What only looks like a gzip is described as it is, and so is what takes too much disk.
            return bytes
        }
    }

    private func tokens() async throws -> Finding? {
        let blocks = try await SharedFile.spooling(
            target.stream().parsed(to: .blocks, source: thing).limited(to: limits.disk, of: "the blocks of \(thing)"),
            in: temporaryFolder, name: "the blocks of \(thing)")
        let count = try blocks.size(), reader = try BlockReader(blocks)
        let size = try await sizeOfSame { stream, observe in
            stream.parsed(to: .tokens, source: thing).observed(observe).transformed(by: TokenEncoder(blocks: reader))
        }
        guard let size, count + size <= TokenForm.largestForm(ofGzip: target.size) else { return nil }
        return Finding(result: .tokens(blocks: count), size: count + size, blocks: blocks)
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

extension ByteStream {
    /// A part of the token form of the gzip that these are.
    func parsed(to part: TokenForm.Part, source: String) -> ByteStream {
        transformed(by: TokenParser(source: source, part: part))
    }
}
