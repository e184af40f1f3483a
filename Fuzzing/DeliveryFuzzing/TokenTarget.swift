// SPDX-License-Identifier: Apache-2.0

internal import Basics

@testable internal import Deltas

/// Takes gzips of the fuzzer apart and makes them again, or makes gzips of forms of the fuzzer.
///
/// The first byte says which: odd, the rest is a form, its blocks behind a length in two bytes, and then its tokens; even,
/// the rest is a gzip, or behind a multiple of four the blocks of one. What has to hold, beyond not crashing: what has a
/// form is what the form gives, and a form has at most 16 times the size, and a few bytes.
public enum TokenTarget {
    private static let head: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]

    public static func run(_ bytes: [UInt8]) {
        guard let first = bytes.first, bytes.count >= 3, bytes.count < 16_384 else { return }
        let rest = Array(bytes.dropFirst())
        let done = Semaphore()
        Task {
            do {
                if first.isMultiple(of: 2) {
                    try await takeApart(first.isMultiple(of: 4) ? head + rest : rest, pieces: Int(first) + 1)
                } else {
                    let count = min(rest.count - 2, Int(rest[0]) | Int(rest[1]) << 8)
                    _ = try await gzip(Array(rest[2..<2 + count]), Array(rest[(2 + count)...]), pieces: Int(first))
                }
            } catch {
                precondition(!"\(error)".isEmpty)
            }
            done.signal()
        }
        done.wait()
    }

    private static func takeApart(_ bytes: [UInt8], pieces size: Int) async throws {
        let blocks = try await pieces(bytes, size).parsed(to: .blocks, source: "it").collect(limit: 1 << 22)
        let tokens = try await pieces(bytes, size).parsed(to: .tokens, source: "it").collect(limit: 1 << 22)
        precondition(blocks.count + tokens.count <= 16 * bytes.count + 1000, "a form that is too large")
        do {
            let made = try await gzip(blocks, tokens, pieces: size)
            precondition(made == bytes, "other bytes came out")
        } catch { preconditionFailure("a form that gives nothing: \(error)") }
    }

    private static func gzip(_ blocks: [UInt8], _ tokens: [UInt8], pieces size: Int) async throws -> [UInt8] {
        let file = try await SharedFile.spooling(ByteStream(blocks), name: "the blocks")
        return try await pieces(tokens, size).transformed(by: TokenEncoder(blocks: BlockReader(file)))
            .collect(limit: 1 << 22)
    }

    private static func pieces(_ bytes: [UInt8], _ size: Int) -> ByteStream {
        let position = Guarded(0)
        return ByteStream {
            position.withLock { position in
                guard position < bytes.count else { return nil }
                defer { position += size }
                return bytes[position..<min(bytes.count, position + size)]
            }
        }
    }
}
