// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// How much of a foreign log is accepted.
public struct EvidenceLimits: Sendable {
    /// The most bytes of one line.
    public var lineLength = 1 << 20
    /// The most lines.
    public var lines = 50_000_000

    /// The limits above.
    public init() {}
    /// The limits above.
    public static let standard = EvidenceLimits()
}

/// Reads a file line by line; holds one piece of it at a time.
struct EvidenceLineReader: ~Copyable {
    struct Line {
        /// From 1.
        let number: Int
        let bytes: [UInt8]
        /// Whether a line end follows; only the last line may have none.
        let isTerminated: Bool
    }

    private let file: FileHandle
    private let limits: EvidenceLimits
    private var offset: Int64 = 0
    private var piece: Chunk = []
    private var number = 0

    init(_ path: String, limits: EvidenceLimits) throws(Fault) {
        file = try FileHandle(reading: path)
        self.limits = limits
    }

    /// The next line; nil at the end. Throws `.corrupt` for a line that is longer than any entry.
    mutating func next() throws(Fault) -> Line? {
        var line: [UInt8] = []
        while true {
            if piece.isEmpty {
                piece = try file.read(at: offset, upTo: Chunk.preferredSize)[...]
                offset += Int64(piece.count)
                guard !piece.isEmpty else {
                    return line.isEmpty ? nil : Line(number: try count(), bytes: line, isTerminated: false)
                }
            }
            let end = piece.firstIndex(of: 0x0A)
            line += piece[..<(end ?? piece.endIndex)]
            guard line.count <= limits.lineLength else {
                throw Fault(
                    .corrupt, "line \(number + 1) of \(file.path) was altered: it is longer than any entry",
                    fix: "check that this is a log of evidence")
            }
            guard let end else {
                piece = []
                continue
            }
            piece = piece[(end + 1)...]
            return Line(number: try count(), bytes: line, isTerminated: true)
        }
    }

    private mutating func count() throws(Fault) -> Int {
        number += 1
        guard number <= limits.lines else {
            throw Fault(.limitExceeded, "\(file.path) has more than \(limits.lines) lines")
        }
        return number
    }
}
