// SPDX-License-Identifier: Apache-2.0

/// Which repositories a rule is about: a name, in which `*` stands for any characters but `/`, and `**` for any at all.
///
/// `team-a/**` is everything below `team-a`, and not `team-a` itself; `**` is every repository. Matching takes time
/// proportional to pattern times name, whatever they hold.
public struct RepositoryPattern: Sendable, Hashable, CustomStringConvertible {
    /// The most bytes of a pattern.
    public static let sizeLimit = 512

    private enum Element: Hashable {
        case byte(UInt8)
        case withinSegment
        case acrossSegments
    }

    private let elements: [Element]
    /// As it was written.
    public let description: String

    /// Takes a pattern; nil when no name can fit it as written: other characters than those of names and `*`, three
    /// stars in a row, an empty segment, or more than 512 bytes.
    public init?(_ text: String) {
        guard (1...Self.sizeLimit).contains(text.utf8.count) else { return nil }
        var elements: [Element] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "*"):
                guard elements.last != .acrossSegments else { return nil }
                if elements.last == .withinSegment {
                    elements[elements.count - 1] = .acrossSegments
                } else {
                    elements.append(.withinSegment)
                }
            case 0x30...0x39, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                elements.append(.byte(byte))
            case UInt8(ascii: "/"):
                guard let last = elements.last, last != .byte(byte) else { return nil }
                elements.append(.byte(byte))
            default: return nil
            }
        }
        guard elements.last != .byte(UInt8(ascii: "/")) else { return nil }
        (self.elements, description) = (elements, text)
    }

    /// Whether a whole name fits.
    public func matches(_ name: String) -> Bool {
        // Which elements may be next, after the bytes so far.
        var next = [Bool](repeating: false, count: elements.count + 1)
        next[0] = true
        skipStars(&next)
        for byte in name.utf8 {
            var after = [Bool](repeating: false, count: elements.count + 1)
            var isAlive = false
            for (index, element) in elements.enumerated() where next[index] {
                switch element {
                case .byte(byte): after[index + 1] = true
                case .byte: continue
                case .withinSegment:
                    guard byte != UInt8(ascii: "/") else { continue }
                    after[index] = true
                case .acrossSegments: after[index] = true
                }
                isAlive = true
            }
            guard isAlive else { return false }
            skipStars(&after)
            next = after
        }
        return next[elements.count]
    }

    /// A star may stand for nothing.
    private func skipStars(_ next: inout [Bool]) {
        for (index, element) in elements.enumerated() where next[index] {
            switch element {
            case .byte: break
            case .withinSegment, .acrossSegments: next[index + 1] = true
            }
        }
    }
}
