// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Web

/// Reads the head of a response line by line (RFC 9112 sections 4 and 5), skipping interim answers.
struct HTTPHeadParser {
    /// The status code of the final answer.
    private(set) var status = 0
    /// Its fields; trailers do not count.
    private(set) var headers = HTTPHeaders()
    /// Whether the final answer's head is complete.
    private(set) var isComplete = false
    private var fields: [(name: String, value: String)] = []
    private var isInside = false
    private var bytes = 0
    private let limit: Int
    private let takesUpgrades: Bool

    init(limit: Int, takesUpgrades: Bool = false) { (self.limit, self.takesUpgrades) = (limit, takesUpgrades) }

    /// Takes one line; throws when there are more than `limit` bytes, trailers counted, or when the head contradicts itself.
    mutating func take(_ line: UnsafeRawBufferPointer, from server: String) throws(Fault) {
        bytes += line.count
        guard bytes <= limit else { throw Self.tooLarge(server, limit) }
        guard !isComplete else { return }
        let isContinuation = unsafe line.first == 0x20 || line.first == 0x09
        let text = unsafe String(decoding: line, as: UTF8.self).trimmed
        if !isInside {
            let words = text.split(separator: " ", omittingEmptySubsequences: true)
            status = words.count > 1 ? Int(words[1]) ?? 0 : 0
            (fields, isInside) = ([], true)
        } else if text.isEmpty {
            isInside = false
            // Interim answers (100, 103) are followed by the real one; 101 is the last that HTTP says.
            guard status >= 200 || status == 101 && takesUpgrades else { return }
            try finish(server)
        } else if isContinuation, !fields.isEmpty {
            // Folded lines are obsolete, and still sent.
            fields[fields.count - 1].value += " " + text
        } else if let colon = text.firstIndex(of: ":") {
            fields.append((String(text[..<colon]), text[colon...].dropFirst().trimmed))
        }
    }

    private mutating func finish(_ server: String) throws(Fault) {
        for (name, value) in fields { headers.add(name, value) }
        fields = []
        isComplete = true
        // Whoever stands between may have believed the other one.
        guard Set(headers.values(for: "Content-Length")).count <= 1 else {
            throw Fault(
                .invalid, "\(server) announces two different lengths for one answer", fix: "the server is broken")
        }
    }

    static func tooLarge(_ server: String, _ limit: Int) -> Fault {
        Fault(
            .limitExceeded,
            "\(server) sent more than the \(ByteCount(Int64(limit))) of header fields accepted here",
            fix: "check that the address is right; no sensible server does that")
    }
}
