// SPDX-License-Identifier: Apache-2.0

/// Builds tars byte by byte, hostile ones included; independent of the writer under test.
struct RawTar {
    var bytes: [UInt8] = []

    /// A header with a right checksum, whatever else it says, followed by content.
    mutating func add(
        _ name: String, type: Character = "0", content: [UInt8] = [], size: [UInt8]? = nil, link: String = "",
        prefix: String = "", magic: String = "ustar\u{0}00", breakingChecksum: Bool = false
    ) {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: some Sequence<UInt8>, at offset: Int) {
            for (index, byte) in text.enumerated() where offset + index < 512 { block[offset + index] = byte }
        }
        put(name.utf8, at: 0)
        put("0000644".utf8, at: 100)
        put("0000000".utf8, at: 108)
        put("0000000".utf8, at: 116)
        put(size ?? Array(octal(content.count, 11).utf8), at: 124)
        put("00000000001".utf8, at: 136)
        block[156] = type.asciiValue ?? 0
        put(link.utf8, at: 157)
        put(magic.utf8, at: 257)
        put(prefix.utf8, at: 345)
        let sum = block.reduce(8 * 0x20) { $0 + Int($1) }
        put("\(octal(breakingChecksum ? sum + 1 : sum, 6))\u{0} ".utf8, at: 148)
        bytes += block + content + [UInt8](repeating: 0, count: -content.count & 511)
    }

    /// Two zero blocks.
    mutating func end() { bytes += [UInt8](repeating: 0, count: 1024) }

    private func octal(_ value: Int, _ digits: Int) -> String {
        let text = String(value, radix: 8)
        return String(repeating: "0", count: digits - text.count) + text
    }

    static func build(_ body: (inout RawTar) -> Void) -> [UInt8] {
        var tar = RawTar()
        body(&tar)
        return tar.bytes
    }

    /// A pax record.
    static func pax(_ key: String, _ value: String) -> [UInt8] {
        for length in 5..<9000 where "\(length) \(key)=\(value)\n".utf8.count == length {
            return Array("\(length) \(key)=\(value)\n".utf8)
        }
        return []
    }
}
