// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import CZlib

/// How a gzip was made, so that the same content gives the same bytes again.
///
/// Only what zlib makes in one piece can be described. Go's `compress/gzip`, the parallel writers of container tools and
/// of pigz choose other matches or block boundaries, and are not.
public struct GzipRecipe: Sendable, Equatable {
    /// The header of the gzip (RFC 1952, section 2.3), with its name and whatever else it holds.
    public let head: [UInt8]
    /// zlib's level, 1 to 9.
    public let level: Int32
    /// zlib's memory level, 1 to 9; 8 unless asked for.
    public let memory: Int32

    /// The most bytes of a header that is described.
    public static let largestHead = 4096
    /// The version of zlib that is used; another one may make other bytes.
    public static var zlibVersion: String { unsafe String(cString: CZlib.zlibVersion()) }

    /// Takes a recipe apart from outside; nil when it is none.
    public init?(head: [UInt8], level: Int32, memory: Int32) {
        guard (1...9).contains(level), (1...9).contains(memory), Self.headLength(head[...]) == head.count else {
            return nil
        }
        (self.head, self.level, self.memory) = (head, level, memory)
    }

    /// The recipes that give the first bytes of a gzip from the first bytes of its content, the most likely first.
    ///
    /// - Parameters:
    ///   - start: the first bytes of the gzip, best some hundred KiB.
    ///   - content: the first bytes of what is inside, best as many as `start` holds.
    public static func candidates(start: Chunk, content: Chunk) throws(Fault) -> [GzipRecipe] {
        guard let length = headLength(start) else { return [] }
        let head = Array(start.prefix(length)), packed = start.dropFirst(length)
        var found: [GzipRecipe] = []
        for memory: Int32 in [8, 9] {
            for level: Int32 in [6, 9, 1, 5, 4, 7, 8, 3, 2] {
                guard let recipe = GzipRecipe(head: head, level: level, memory: memory) else { continue }
                if try recipe.begins(packed, with: content) { found.append(recipe) }
            }
        }
        return found
    }

    private func begins(_ packed: Chunk, with content: Chunk) throws(Fault) -> Bool {
        let deflater = try Deflater(level: level, memory: memory)
        var rest = content
        var expected = packed
        // zlib's own header, of ten bytes, comes first.
        var skip = 10
        while !rest.isEmpty && !expected.isEmpty {
            let (left, output) = try deflater.process(rest, isLast: false, isEager: true)
            rest = left
            let made = (output ?? []).dropFirst(skip)
            skip -= (output ?? []).count - made.count
            guard made.prefix(expected.count).elementsEqual(expected.prefix(made.count)) else { return false }
            expected = expected.dropFirst(made.count)
        }
        return true
    }

    /// The length of a gzip's header; nil when it is cut short, too long or not one.
    private static func headLength(_ start: Chunk) -> Int? {
        let bytes = Array(start.prefix(largestHead))
        guard bytes.count >= 10, bytes[0] == 0x1F, bytes[1] == 0x8B, bytes[2] == 8, bytes[3] & 0xE0 == 0 else {
            return nil
        }
        var end = 10
        if bytes[3] & 4 != 0 {
            guard bytes.count >= end + 2 else { return nil }
            end += 2 + Int(bytes[end]) + Int(bytes[end + 1]) << 8
        }
        for flag: UInt8 in [8, 16] where bytes[3] & flag != 0 {
            guard end < bytes.count, let zero = bytes[end...].firstIndex(of: 0) else { return nil }
            end = zero + 1
        }
        if bytes[3] & 2 != 0 { end += 2 }
        return end <= bytes.count ? end : nil
    }
}

extension ByteStream {
    /// The same content compressed by a recipe.
    public func gzipped(_ recipe: GzipRecipe) -> ByteStream {
        let packed = gzipped { () throws(Fault) in try Deflater(level: recipe.level, memory: recipe.memory) }
        let skip = Guarded(10)
        return .concatenating([
            { ByteStream(recipe.head) },
            {
                ByteStream {
                    while let chunk = try await packed.next() {
                        let rest = skip.withLock { skip in
                            let rest = chunk.dropFirst(skip)
                            skip -= chunk.count - rest.count
                            return rest
                        }
                        if !rest.isEmpty { return rest }
                    }
                    return nil
                }
            },
        ])
    }
}
