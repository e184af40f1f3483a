// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Cuts a stream into lines, none longer than a limit.
struct LineReader: Sendable {
    private let stream: ByteStream
    private let limit: Int
    private let thing: String
    private var buffer: [UInt8] = []
    /// Up to where the buffer has been handed out, and up to where it holds no line end.
    private var start = 0, searched = 0

    init(_ stream: ByteStream, limit: Int, of thing: String) {
        (self.stream, self.limit, self.thing) = (stream, limit, thing)
    }

    /// The next line without its end; nil behind the last. Throws `.limitExceeded` for a line that is too long, and
    /// `.unavailable` for one that has no end: the rest of it is lost.
    mutating func next() async throws -> [UInt8]? {
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0A) {
                let line = Array(buffer[start..<end])
                (start, searched) = (end + 1, end + 1)
                guard line.count <= limit else { throw tooLong }
                if line.contains(where: { $0 > 0x20 }) { return line }
                continue
            }
            searched = buffer.count
            guard searched - start <= limit else { throw tooLong }
            // What was handed out is let go before more comes in.
            buffer.removeFirst(start)
            (searched, start) = (searched - start, 0)
            guard let chunk = try await stream.next() else {
                guard buffer.isEmpty else {
                    throw Fault(.unavailable, "\(thing) is cut off in the middle of a line", fix: "run it again")
                }
                return nil
            }
            buffer.append(contentsOf: chunk)
        }
    }

    private var tooLong: Fault {
        Fault(.limitExceeded, "\(thing) has a line of more than \(ByteCount(Int64(limit)))")
    }
}
