// SPDX-License-Identifier: Apache-2.0

public import Basics

/// The gzip format (RFC 1952).
public enum Gzip {
    /// Whether content that begins so is gzip with deflate inside.
    public static func isGzip(_ prefix: Chunk) -> Bool { prefix.starts(with: [0x1F, 0x8B, 0x08]) }
}

extension ByteStream {
    /// The same content compressed as one gzip member: no name, time 0, operating system 255 (unknown),
    /// so the same content at the same level gives the same bytes.
    ///
    /// - Parameter level: 1 (fast) to 9 (small).
    public func gzipped(level: Int32 = 6) -> ByteStream {
        gzipped { () throws(Fault) in try Deflater(level: level) }
    }

    func gzipped(_ make: @escaping @Sendable () throws(Fault) -> Deflater) -> ByteStream {
        let source = self
        let input = Guarded<Chunk>([])
        let deflater = Guarded<Deflater?>(nil)
        return ByteStream {
            while true {
                var rest = input.withLock { $0 }
                var isLast = false
                if rest.isEmpty {
                    var iterator = source.makeAsyncIterator()
                    if let chunk = try await iterator.next() { rest = chunk } else { isLast = true }
                }
                let (left, output) = try deflater.withLock { deflater throws(Fault) in
                    if deflater == nil { deflater = try make() }
                    return try deflater?.process(rest, isLast: isLast) ?? (rest: [], output: nil)
                }
                input.withLock { $0 = left }
                if let output { return output }
                if isLast { return nil }
            }
        }
    }

    /// The content of a gzip of one or more members.
    ///
    /// Throws, before it ends, when it is cut short, when a checksum is wrong and when anything but a further member
    /// follows; and as soon as it expands beyond `limits`.
    ///
    /// - Parameter source: names the content in messages.
    public func gunzipped(source name: String, limits: ArchiveLimits = .standard) -> ByteStream {
        let source = self
        let input = Guarded<Chunk>([])
        let inflater = Guarded<Inflater?>(nil)
        return ByteStream {
            while true {
                var rest = input.withLock { $0 }
                var isLast = false
                if rest.isEmpty {
                    var iterator = source.makeAsyncIterator()
                    if let chunk = try await iterator.next() { rest = chunk } else { isLast = true }
                }
                let (left, output) = try inflater.withLock { inflater throws(Fault) in
                    if inflater == nil { inflater = try Inflater(source: name, limits: limits) }
                    return try inflater?.process(rest, isLast: isLast) ?? (rest: [], output: nil)
                }
                input.withLock { $0 = left }
                if let output { return output }
                if isLast { return nil }
            }
        }
    }
}
