// SPDX-License-Identifier: Apache-2.0

extension PatternParser {
    /// Reads `(` with what follows it to say what kind of group it is.
    mutating func openGroup() throws(PatternError) {
        guard peek(1) == UInt8(ascii: "?") else {
            position += 1
            return try openCapture(name: nil)
        }
        if peek(2) == UInt8(ascii: "P"), peek(3) == UInt8(ascii: "<"), peek(4) != nil {
            return try openNamed(skipping: 4)
        }
        if peek(2) == UInt8(ascii: "<"), peek(3) != nil { return try openNamed(skipping: 3) }
        try parseFlags()
    }

    private mutating func openNamed(skipping prefix: Int) throws(PatternError) {
        let start = position
        guard let end = pattern[start...].firstIndex(of: UInt8(ascii: ">")) else {
            throw error(.invalidGroupName, start..<pattern.count)
        }
        let name = pattern[start + prefix..<max(end, start + prefix)]
        let isValid = !name.isEmpty && name.allSatisfy { Neighbor($0) == .word }
        guard isValid else { throw error(.invalidGroupName, start..<end + 1) }
        position = end + 1
        try openCapture(name: String(decoding: name, as: UTF8.self))
    }

    private mutating func openCapture(name: String?) throws(PatternError) {
        tree.groupNames.append(name)
        try open(Frame(kind: .capturing(UInt32(tree.groupNames.count)), outerFlags: flags))
    }

    private mutating func open(_ frame: Frame) throws(PatternError) {
        frames.append(frame)
    }

    /// Reads `(?flags)` or `(?flags:`.
    private mutating func parseFlags() throws(PatternError) {
        let start = position
        position += 2
        var new = flags
        var value = true
        var isComplete = true
        while position < pattern.count {
            switch nextScalar() {
            case 0x69: (new.foldsCase, isComplete) = (value, true)
            case 0x6D: (new.isMultiline, isComplete) = (value, true)
            case 0x73: (new.dotMatchesNewline, isComplete) = (value, true)
            case 0x55: (new.isUngreedy, isComplete) = (value, true)
            case 0x2D:
                guard value else { throw error(.invalidPerlSyntax, start..<position) }
                (value, isComplete) = (false, false)
            case 0x3A:
                guard isComplete else { throw error(.invalidPerlSyntax, start..<position) }
                try open(Frame(kind: .plain, outerFlags: flags))
                flags = new
                return
            case 0x29:
                guard isComplete else { throw error(.invalidPerlSyntax, start..<position) }
                flags = new
                return
            default: throw error(.invalidPerlSyntax, start..<position)
            }
        }
        throw error(.invalidPerlSyntax, start..<position)
    }

    mutating func closeGroup() throws(PatternError) {
        guard frames.count > 1, let frame = frames.popLast() else {
            throw error(.unexpectedParenthesis, 0..<pattern.count)
        }
        position += 1
        flags = frame.outerFlags
        let content = try close(frame)
        guard case .capturing(let number) = frame.kind else { return frames[frames.count - 1].sequence.append(content) }
        let child = tree.nodes[Int(content)]
        try append(
            .init(
                kind: .group, value: number, isNullable: child.isNullable, height: child.height + 1,
                copies: child.copies, firstChild: content))
    }
}
