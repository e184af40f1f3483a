// SPDX-License-Identifier: Apache-2.0

/// A key, or a combination of keys, as far as it means something to a line that is being edited.
package enum Key: Hashable, Sendable {
    /// A letter, or a part of one; never a control character.
    case text(Unicode.Scalar)
    case enter, tab, backspace, delete
    case left, right, up, down, home, end, wordLeft, wordRight
    /// Ctrl-K and Ctrl-U: cut to the end and to the start of the line.
    case cutToEnd, cutToStart
    /// Ctrl-W and Alt-D: cut the word before and behind the cursor.
    case cutWordBefore, cutWordAfter
    /// Ctrl-Y: put back what was cut last.
    case paste
    /// Ctrl-L.
    case clearScreen
    /// Ctrl-C.
    case interrupt
    /// Ctrl-D.
    case endOfInput
}

/// Makes keys of the bytes that a terminal sends; ECMA-48 and what xterm does beyond it.
package struct KeyDecoder: Sendable {
    private enum State: Sendable {
        case plain
        /// Within a scalar in UTF-8: its bytes so far, and how many are missing.
        case scalar([UInt8], missing: Int)
        case escape
        /// Behind `ESC [`.
        case sequence([UInt8])
        /// Behind `ESC O`.
        case shifted
    }

    private var state = State.plain
    /// Whether text comes from the clipboard, where a line end and a tab are no keys.
    private var isPasted = false

    /// Waits for the first byte of a key.
    package init() {}

    /// Takes the next byte; returns the key that it completes. Bytes that mean nothing are dropped.
    package mutating func take(_ byte: UInt8) -> Key? {
        switch state {
        case .plain: return plain(byte)
        case .scalar(let bytes, let missing):
            guard byte & 0xC0 == 0x80 else {
                state = .plain
                return plain(byte)
            }
            guard missing == 1 else {
                state = .scalar(bytes + [byte], missing: missing - 1)
                return nil
            }
            state = .plain
            guard let text = String(validating: bytes + [byte], as: UTF8.self) else { return nil }
            return text.unicodeScalars.first.flatMap { $0.isControl ? nil : .text($0) }
        case .escape: return escaped(byte)
        case .shifted:
            state = .plain
            return Self.cursorKeys[byte]
        case .sequence(let bytes):
            // Parameters and intermediates stand before the final byte.
            guard (0x40...0x7E).contains(byte) else {
                state = bytes.count < 16 && (0x20..<0x40).contains(byte) ? .sequence(bytes + [byte]) : .plain
                return nil
            }
            state = .plain
            return key(String(decoding: bytes, as: UTF8.self), byte)
        }
    }

    private mutating func plain(_ byte: UInt8) -> Key? {
        switch byte {
        case 0x1B:
            state = .escape
            return nil
        case 0x0D, 0x0A: return isPasted ? .text(" ") : .enter
        case 0x09: return isPasted ? .text(" ") : .tab
        case 0..<0x20, 0x7F: return isPasted ? nil : Self.controlKeys[byte]
        case 0x20..<0x7F: return .text(Unicode.Scalar(byte))
        case 0xC2..<0xE0: state = .scalar([byte], missing: 1)
        case 0xE0..<0xF0: state = .scalar([byte], missing: 2)
        case 0xF0..<0xF5: state = .scalar([byte], missing: 3)
        default: break
        }
        return nil
    }

    private mutating func escaped(_ byte: UInt8) -> Key? {
        state = .plain
        switch byte {
        case UInt8(ascii: "["): state = .sequence([])
        case UInt8(ascii: "O"): state = .shifted
        case UInt8(ascii: "b"): return .wordLeft
        case UInt8(ascii: "f"): return .wordRight
        case UInt8(ascii: "d"): return .cutWordAfter
        case 0x7F: return .cutWordBefore
        default: return plain(byte)
        }
        return nil
    }

    private mutating func key(_ parameters: String, _ final: UInt8) -> Key? {
        if final == UInt8(ascii: "~") {
            switch parameters {
            case "1", "7": return .home
            case "4", "8": return .end
            case "3": return .delete
            case "200": isPasted = true
            case "201": isPasted = false
            default: break
            }
            return nil
        }
        // With Ctrl or Alt the arrows go by words: `ESC [ 1 ; 5 C`.
        if parameters.hasPrefix("1;"), parameters != "1;2" {
            if final == UInt8(ascii: "C") { return .wordRight }
            if final == UInt8(ascii: "D") { return .wordLeft }
        }
        return Self.cursorKeys[final]
    }

    private static let cursorKeys: [UInt8: Key] = [
        UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down, UInt8(ascii: "C"): .right, UInt8(ascii: "D"): .left,
        UInt8(ascii: "H"): .home, UInt8(ascii: "F"): .end,
    ]
    private static let controlKeys: [UInt8: Key] = [
        0x01: .home, 0x02: .left, 0x03: .interrupt, 0x04: .endOfInput, 0x05: .end, 0x06: .right, 0x08: .backspace,
        0x0B: .cutToEnd, 0x0C: .clearScreen, 0x0E: .down, 0x10: .up, 0x15: .cutToStart, 0x17: .cutWordBefore,
        0x19: .paste, 0x7F: .backspace,
    ]
}
