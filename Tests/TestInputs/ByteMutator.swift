// SPDX-License-Identifier: Apache-2.0

/// Damages valid inputs of a parser, the same way in every run: what a test finds once, it finds again.
public struct ByteMutator: Sendable {
    private let samples: [[UInt8]]
    private let tokens: [[UInt8]]
    private var generator: SeededGenerator

    /// - Parameters:
    ///   - samples: valid inputs, none of them empty.
    ///   - tokens: texts that mean something to the parser.
    public init(samples: [[UInt8]], tokens: [String] = [], seed: UInt64) {
        (self.samples, self.tokens) = (samples, tokens.map { Array($0.utf8) })
        generator = SeededGenerator(seed: seed)
    }

    /// A sample with one to four damages; now and then the sample itself.
    public mutating func next() -> [UInt8] {
        var bytes = pick(samples)
        for _ in 0..<Int.random(in: 0...4, using: &generator) { damage(&bytes) }
        return bytes
    }

    private mutating func pick<Item>(_ items: [Item]) -> Item {
        items[Int.random(in: 0..<items.count, using: &generator)]
    }

    private mutating func range(in bytes: [UInt8], longest: Int = 64) -> Range<Int> {
        let start = Int.random(in: 0...bytes.count, using: &generator)
        return start..<min(bytes.count, start + Int.random(in: 0...longest, using: &generator))
    }

    private mutating func damage(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return bytes = pick(samples) }
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[place] = pick([0x00, 0xFF, 0x7F, 0x80, 0x20, 0x0A, 0x0D, 0x22, 0x2D, 0x30, 0x39])
        case 2: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 3: bytes.removeSubrange(range(in: bytes))
        case 4: bytes.insert(contentsOf: bytes[range(in: bytes)], at: place)
        case 5: bytes.removeLast(bytes.count - place)
        case 6:
            let other = pick(samples)
            bytes.replaceSubrange(place..., with: other[range(in: other, longest: other.count)])
        case 7:
            let piece = Array(bytes[range(in: bytes, longest: 8)])
            for _ in 0..<Int.random(in: 1...100, using: &generator) { bytes.insert(contentsOf: piece, at: place) }
        default:
            guard !tokens.isEmpty else { return bytes.swapAt(place, bytes.count - 1 - place) }
            bytes.replaceSubrange(
                place..<min(bytes.count, place + Int.random(in: 0...4, using: &generator)), with: pick(tokens))
        }
    }
}
