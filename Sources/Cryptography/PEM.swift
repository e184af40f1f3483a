// SPDX-License-Identifier: Apache-2.0

public import Basics

/// Textual encodings of keys, certificates and signatures (RFC 7468, with the headers of RFC 1421).
public enum PEM {
    /// One block of a PEM text.
    public struct Block: Sendable {
        /// The label, such as `PUBLIC KEY`.
        public let label: String
        /// The header lines in front of the data, each name once.
        public let headers: [(name: String, value: String)]
        /// The data, never empty.
        public let bytes: [UInt8]

        /// A header's value.
        public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

        /// Whether the data is encrypted, by its label or by the headers of RFC 1421.
        var isEncrypted: Bool {
            label == "ENCRYPTED PRIVATE KEY" || header("DEK-Info") != nil
                || header("Proc-Type")?.hasSuffix("ENCRYPTED") == true
        }
    }

    /// The most bytes of one text; the certificates of a whole system have less than half of it.
    public static let sizeLimit = 1 << 20
    /// The most blocks of one text.
    public static let blockLimit = 1024
    /// The most header lines of one block.
    public static let headerLimit = 32

    /// All blocks of a text, in order; none when it holds none. Text around them is skipped (RFC 7468 section 2).
    ///
    /// Throws `.invalid` for a block that does not end, whose ends differ, whose data is empty or no Base64 with its
    /// padding, or that repeats a header; `.limitExceeded` beyond the limits above.
    public static func blocks(in text: [UInt8], source: String) throws(Fault) -> [Block] {
        guard text.count <= sizeLimit else {
            throw Fault(.limitExceeded, "\(source) has \(ByteCount(Int64(text.count))), too much for a PEM file")
        }
        var blocks: [Block] = []
        var open: OpenBlock?
        for slice in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let line = Line(slice)
            if var block = open.take() {
                if line.isBoundary {
                    blocks.append(try block.close(line, source))
                    guard blocks.count <= blockLimit else {
                        throw Fault(.limitExceeded, "\(source) holds more than \(blockLimit) PEM blocks")
                    }
                } else {
                    try block.add(line, source)
                    open = block
                }
            } else if line.isBoundary {
                guard let label = line.label(of: "BEGIN") else {
                    throw fault(source, "has the line “\(line.excerpt)” where a PEM block should begin")
                }
                open = OpenBlock(label: label)
            }
        }
        if let open { throw fault(source, "has the PEM block “\(open.label)” that does not end") }
        return blocks
    }

    /// A block with lines of 64 characters, as Go and OpenSSL write it.
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

    static func fault(_ source: String, _ what: String) -> Fault {
        Fault(.invalid, "\(source) \(what)", fix: "copy the file again from its origin")
    }
}

/// One line of a PEM text, without blanks at its end.
private struct Line {
    let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        let end = bytes.lastIndex { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }
        self.bytes = end.map { bytes[bytes.startIndex...$0] } ?? []
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var isBoundary: Bool {
        bytes.starts(with: Array("-----BEGIN ".utf8)) || bytes.starts(with: Array("-----END ".utf8))
    }
    /// A start to show in messages: of what the file says about itself, never of its data.
    var excerpt: String { String(text.prefix(60)) }

    /// The label of `-----BEGIN label-----`: printable ASCII without `-` at the ends (RFC 7468 section 3).
    func label(of word: String) -> String? {
        let text = text
        guard text.hasPrefix("-----\(word) "), text.hasSuffix("-----"), text.utf8.count > word.utf8.count + 11 else {
            return nil
        }
        let label = text.dropFirst(word.count + 6).dropLast(5)
        let isPlain = label.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        guard isPlain, !label.isEmpty, label.trimmed == label, !label.hasPrefix("-"), !label.hasSuffix("-") else {
            return nil
        }
        return String(label)
    }
}

/// A block whose end has not come yet.
private struct OpenBlock {
    let label: String
    private var headers: [(name: String, value: String)] = []
    private var data: [UInt8] = []
    /// Headers need an empty line behind them; without it a line of data could pass for one.
    private var isAmongHeaders = false

    init(label: String) { self.label = label }

    mutating func add(_ line: Line, _ source: String) throws(Fault) {
        if data.isEmpty, let colon = line.bytes.firstIndex(of: 0x3A) {
            let name = String(decoding: line.bytes[..<colon], as: UTF8.self).trimmed
            let value = String(decoding: line.bytes[(colon + 1)...], as: UTF8.self).trimmed
            guard isAmongHeaders || headers.isEmpty, !name.isEmpty, !headers.contains(where: { $0.name == name }) else {
                throw PEM.fault(source, "has a header out of place in the PEM block “\(label)”")
            }
            guard headers.count < PEM.headerLimit else {
                throw Fault(.limitExceeded, "\(source) has more than \(PEM.headerLimit) headers in one PEM block")
            }
            headers.append((name, value))
            isAmongHeaders = true
        } else if line.bytes.isEmpty {
            isAmongHeaders = false
        } else {
            guard !isAmongHeaders else {
                throw PEM.fault(source, "has no empty line behind the headers of the PEM block “\(label)”")
            }
            data += line.bytes
        }
    }

    func close(_ line: Line, _ source: String) throws(Fault) -> PEM.Block {
        guard line.label(of: "END") == label else {
            throw PEM.fault(source, "has the PEM block “\(label)” that ends with “\(line.excerpt)”")
        }
        guard !data.isEmpty else { throw PEM.fault(source, "has the PEM block “\(label)” without data") }
        // `[UInt8](base64:)` is made for tokens as well: it takes the URL alphabet and text without padding.
        let isStandard = data.count % 4 == 0 && data.allSatisfy { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_") }
        guard isStandard, let bytes = [UInt8](base64: String(decoding: data, as: UTF8.self)), !bytes.isEmpty else {
            throw PEM.fault(source, "has the PEM block “\(label)” whose data is no Base64")
        }
        return PEM.Block(label: label, headers: headers, bytes: bytes)
    }
}
