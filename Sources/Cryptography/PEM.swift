// SPDX-License-Identifier: Apache-2.0

public import Basics

/// Textual encodings of keys, certificates and signatures (RFC 7468, with the headers of RFC 1421).
public enum PEM {
    /// One block of a PEM text.
    public struct Block: Sendable {
        /// The label, such as `PUBLIC KEY`.
        public let label: String
        /// The header lines in front of the data.
        public let headers: [(name: String, value: String)]
        /// The data.
        public let bytes: [UInt8]

        /// A header's value.
        public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
    }

    /// The most blocks of one text; no chain of certificates is that long.
    public static let blockLimit = 64

    /// All blocks of a text, in order; text around them is skipped, as in certificate bundles.
    ///
    /// Throws `.invalid` for a block that does not end, whose ends differ, or whose data is no Base64.
    public static func blocks(in text: [UInt8], source: String) throws(Fault) -> [Block] {
        var blocks: [Block] = []
        var label: String?
        var headers: [(name: String, value: String)] = []
        var data = ""
        for raw in String(decoding: text, as: UTF8.self).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let line = raw.trimmed
            guard let current = label else {
                if line.hasPrefix("-----BEGIN "), line.hasSuffix("-----") {
                    label = String(line.dropFirst(11).dropLast(5))
                    (headers, data) = ([], "")
                }
                continue
            }
            if line.hasPrefix("-----") {
                guard line == "-----END \(current)-----" else {
                    throw Fault(.invalid, "\(source): the PEM block “\(current)” ends with “\(line)”", fix: "copy the file again")
                }
                guard let bytes = [UInt8](base64: data) else {
                    throw Fault(.invalid, "\(source): the PEM block “\(current)” is no Base64", fix: "copy the file again")
                }
                blocks.append(Block(label: current, headers: headers, bytes: bytes))
                guard blocks.count <= blockLimit else {
                    throw Fault(.limitExceeded, "\(source) holds more than \(blockLimit) PEM blocks")
                }
                label = nil
            } else if data.isEmpty, let colon = line.firstIndex(of: ":") {
                headers.append((String(line[..<colon]).trimmed, String(line[line.index(after: colon)...]).trimmed))
            } else {
                data += line
            }
        }
        if let label {
            throw Fault(.invalid, "\(source): the PEM block “\(label)” does not end", fix: "copy the file again")
        }
        return blocks
    }

    /// A block with lines of 64 characters.
    public static func encode(label: String, headers: [(name: String, value: String)] = [], bytes: [UInt8]) -> String {
        var text = "-----BEGIN \(label)-----\n"
        for header in headers { text += "\(header.name): \(header.value)\n" }
        if !headers.isEmpty { text += "\n" }
        let base64 = Array(bytes.base64.utf8)
        for start in stride(from: 0, to: base64.count, by: 64) {
            text += String(decoding: base64[start..<min(start + 64, base64.count)], as: UTF8.self) + "\n"
        }
        return text + "-----END \(label)-----\n"
    }
}
