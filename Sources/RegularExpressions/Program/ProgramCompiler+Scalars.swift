// SPDX-License-Identifier: Apache-2.0

extension ProgramCompiler {
    /// One scalar: a chain of its bytes.
    mutating func emitScalar(_ scalar: UInt32, next: Int32) throws(TooLarge) -> Int32 {
        guard let scalar = Unicode.Scalar(scalar) else { return try emit([]) }
        var entry = next
        for byte in UTF8.encode(scalar)?.reversed() ?? [] {
            entry = try emit([.init(low: byte, high: byte, next: entry)])
        }
        return entry
    }

    /// A set of scalars: a small deterministic automaton of its bytes. Surrogates are in no text, so they fall out.
    mutating func emitSet(_ set: ScalarSet, next: Int32) throws(TooLarge) -> Int32 {
        if let last = set.ranges.last, last.high >= 0x80 {
            var builder = SetBuilder(exit: next)
            for range in set.ranges {
                for sequence in UTF8Sequences(range) { try builder.add(sequence, to: &self) }
            }
            return try builder.finish(&self)
        }
        return try emit(
            set.ranges.map { .init(low: UInt8($0.low), high: UInt8($0.high), next: next) })
    }
}

/// Builds the least automaton of sequences that come in order: what is behind the last difference cannot change any
/// more, so it is emitted, once for all that have the same (Daciuk and others, 2000).
private struct SetBuilder {
    private struct Level {
        var done: [Program.Transition] = []
        var open: UTF8Sequences.ByteRange?

        /// Ends the open range, whose last byte leads to `next`.
        mutating func end(_ next: Int32) {
            guard let range = open else { return }
            open = nil
            // Neighbors that lead to the same place are one range.
            if let last = done.last, last.next == next, last.high &+ 1 == range.low {
                done[done.count - 1].high = range.high
            } else {
                done.append(.init(low: range.low, high: range.high, next: next))
            }
        }
    }

    let exit: Int32
    private var levels = [Level()]
    private var emitted: [[Program.Transition]: Int32] = [:]

    init(exit: Int32) { self.exit = exit }

    mutating func add(
        _ sequence: [UTF8Sequences.ByteRange], to compiler: inout ProgramCompiler
    ) throws(ProgramCompiler.TooLarge) {
        var common = 0
        while common < levels.count, common < sequence.count, levels[common].open == sequence[common] { common += 1 }
        try close(from: common, &compiler)
        levels[common].open = sequence[common]
        for range in sequence[(common + 1)...] { levels.append(Level(open: range)) }
    }

    mutating func finish(_ compiler: inout ProgramCompiler) throws(ProgramCompiler.TooLarge) -> Int32 {
        try close(from: 0, &compiler)
        return try compiler.emit(levels[0].done)
    }

    /// Emits all levels below one, and ends the open range of that one.
    private mutating func close(from level: Int, _ compiler: inout ProgramCompiler) throws(ProgramCompiler.TooLarge) {
        var next = exit
        while levels.count > level + 1 {
            var last = levels.removeLast()
            last.end(next)
            if let known = emitted[last.done] {
                next = known
            } else {
                next = try compiler.emit(last.done)
                emitted[last.done] = next
            }
        }
        levels[level].end(next)
    }
}
