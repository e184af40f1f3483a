// SPDX-License-Identifier: Apache-2.0

extension ForwardAutomaton {
    /// Whether a match begins at or behind an offset. For `.existence`.
    mutating func hasMatch(in text: Span<UInt8>, from offset: Int) -> Bool {
        var state = start(before: Neighbor(before: offset, in: text), isSearch: true)
        let stride = table.stride
        var index = offset
        while index < text.count {
            if state <= Self.matched { return state == Self.matched }
            let byteClass = Int(program.classes.map[Int(text[index])])
            var entry = table.transitions[state * stride + byteClass]
            if entry == Self.unknown { entry = fill(state, byteClass) }
            state = Int(entry >> 1)
            index += 1
        }
        if state <= Self.matched { return state == Self.matched }
        var entry = table.transitions[state * stride + endClass]
        if entry == Self.unknown { entry = fill(state, endClass) }
        return entry & 1 == 1
    }

    /// Where the match ends that a search from an offset finds, and how far it read. For `.end`.
    mutating func matchEnd(in text: Span<UInt8>, from offset: Int, isSearch: Bool) -> (end: Int?, readTo: Int) {
        var state = start(before: Neighbor(before: offset, in: text), isSearch: isSearch)
        guard state != Self.dead else { return (nil, offset) }
        let stride = table.stride
        var end: Int?
        var index = offset
        while index < text.count {
            let byteClass = Int(program.classes.map[Int(text[index])])
            var entry = table.transitions[state * stride + byteClass]
            if entry == Self.unknown { entry = fill(state, byteClass) }
            if entry & 1 == 1 { end = index }
            state = Int(entry >> 1)
            if state == Self.dead { return (end, index) }
            index += 1
        }
        var entry = table.transitions[state * stride + endClass]
        if entry == Self.unknown { entry = fill(state, endClass) }
        return (entry & 1 == 1 ? index : end, index)
    }
}
