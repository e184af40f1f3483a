// SPDX-License-Identifier: Apache-2.0

public import Basics

/// Writes tar archives.
public enum Tar {
    /// Whether content that begins so is a tar: a header with its checksum, or the end of an empty archive.
    public static func isTar(_ prefix: Chunk) -> Bool {
        guard prefix.count >= TarField.blockSize else { return false }
        let block = prefix.prefix(TarField.blockSize)
        let field = block[in: TarField.checksum]
        var digits = field.drop { $0 == 0x20 }
        digits = digits.prefix { (0x30...0x37).contains($0) }
        let sum = block.reduce(0) { $0 + Int($1) }
        if sum == 0 { return true }
        return Int(String(decoding: digits, as: UTF8.self), radix: 8)
            == sum - field.reduce(0) { $0 + Int($1) } + field.count * 0x20
    }

    /// The archive of these members in this order; the same members give the same bytes.
    ///
    /// ustar, with pax headers only where a member needs one, and two zero blocks at the end. Throws when a member
    /// delivers fewer or more bytes than it said, or has a path that leads outside.
    public static func stream(_ members: [TarMember]) -> ByteStream {
        let state = Guarded(State())
        return ByteStream {
            while true {
                let (index, content, left) = state.withLock { ($0.index, $0.content, $0.left) }
                guard let content else {
                    guard index <= members.count else { return nil }
                    guard index < members.count else {
                        return state.withLock { state in
                            state.index += 1
                            return ([UInt8](repeating: 0, count: state.padding + 2 * TarField.blockSize))[...]
                        }
                    }
                    let header = try TarHeader.encode(members[index].entry)
                    let isFile = members[index].entry.size > 0
                    let opened = isFile ? try await members[index].open() : nil
                    return state.withLock { state in
                        let bytes = [UInt8](repeating: 0, count: state.padding) + header
                        (state.content, state.left, state.padding) = (opened, members[index].entry.size, 0)
                        if !isFile { state.index += 1 }
                        return bytes[...]
                    }
                }
                var iterator = content.makeAsyncIterator()
                guard let chunk = try await iterator.next() else {
                    guard left == 0 else { throw wrongSize(members[index], "is \(left) bytes shorter") }
                    state.withLock { state in
                        (state.content, state.padding) = (nil, TarField.padding(members[index].entry.size))
                        state.index += 1
                    }
                    continue
                }
                guard Int64(chunk.count) <= left else { throw wrongSize(members[index], "is longer") }
                state.withLock { $0.left -= Int64(chunk.count) }
                return chunk
            }
        }
    }

    /// How many bytes `stream` will have.
    public static func size(of members: [TarMember]) throws(Fault) -> Int64 {
        var size = Int64(2 * TarField.blockSize)
        for member in members {
            let entry = member.entry
            size += Int64(try TarHeader.encode(entry).count) + entry.size + Int64(TarField.padding(entry.size))
        }
        return size
    }

    private struct State: Sendable {
        var index = 0
        var content: ByteStream?
        var left: Int64 = 0
        var padding = 0
    }

    private static func wrongSize(_ member: TarMember, _ what: String) -> Fault {
        Fault(.mismatch, "“\(member.entry.path)” \(what) than the \(member.entry.size) bytes the archive should hold")
    }
}
