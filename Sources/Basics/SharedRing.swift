// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Bytes on their way from one process to another, in order, through memory that both see.
///
/// One side writes and one reads, each from one thread at a time; neither makes a system call for it. Who has nothing to
/// do announces that it goes to sleep, and sleeps by means of its own; the other side is told once that it has to wake it.
/// A side may end at any moment: what it had written whole can be read, and nothing else.
@safe public final class SharedRing: @unchecked Sendable {
    // `@unchecked`: the addresses never change. Numbers are atomic; bytes between `taken` and `written` belong to the
    // reader, all others to the writer, and these two numbers hand them over.
    private let memory: SharedMemory
    private let start: UnsafeMutableRawBufferPointer
    private let numbers: UnsafeMutablePointer<Atomic<Int>>
    /// How many bytes fit in.
    public let capacity: Int
    /// What a child process has to inherit.
    public var descriptor: Int32 { memory.descriptor }

    /// The numbers in front of the bytes, each in a line of the processor's cache.
    private enum Number: Int {
        /// How many bytes were ever written, and how many taken.
        case written, taken
        /// Whether the reader, or the writer, sleeps.
        case readerSleeps, writerSleeps
        /// Whether the writer has nothing more to write, and whether the reader knows.
        case hasEnded, isEndTaken

        var place: Int { rawValue * 64 / MemoryLayout<Atomic<Int>>.stride }
    }
    private static let header = 4096

    /// Takes new memory for so many bytes.
    public convenience init(capacity: Int) throws(Fault) {
        self.init(try SharedMemory(size: Self.header + capacity), capacity)
    }

    /// Sees the ring that another process took.
    public convenience init(inherited descriptor: Int32, capacity: Int) throws(Fault) {
        self.init(try SharedMemory(inherited: descriptor, size: Self.header + capacity), capacity)
    }

    private init(_ memory: SharedMemory, _ capacity: Int) {
        (self.memory, self.capacity) = (memory, capacity)
        unsafe start = UnsafeMutableRawBufferPointer(rebasing: memory.bytes[Self.header...])
        // New memory is all zero, which is what each of the numbers begins with.
        unsafe numbers = UnsafeMutableRawBufferPointer(rebasing: memory.bytes[..<Self.header])
            .bindMemory(to: Atomic<Int>.self).baseAddress!
    }

    private func load(_ number: Number) -> Int { unsafe numbers[number.place].load(ordering: .sequentiallyConsistent) }
    private func store(_ value: Int, in number: Number) {
        unsafe numbers[number.place].store(value, ordering: .sequentiallyConsistent)
    }
    /// Takes a mark away; whether it was there.
    private func clear(_ number: Number) -> Bool {
        guard load(number) != 0 else { return false }
        return unsafe numbers[number.place].exchange(0, ordering: .sequentiallyConsistent) != 0
    }

    /// How many bytes wait for the reader.
    public var count: Int { load(.written) - load(.taken) }
    /// Whether a writer that found no room goes on: with a whole half free, so that it is not woken for every few bytes.
    private var hasRoom: Bool { count <= capacity / 2 }

    // MARK: the writer

    /// Begins anew, after the end of what was written before was taken.
    public func begin() {
        store(0, in: .isEndTaken)
        store(0, in: .hasEnded)
    }

    /// Copies as many bytes as there is room for; how many.
    public func write(_ bytes: Chunk) -> Int {
        let written = load(.written)
        let count = min(bytes.count, capacity - (written - load(.taken)))
        let (place, first) = split(count, at: written)
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe UnsafeMutableRawBufferPointer(rebasing: start[place...]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: bytes[..<first]))
            unsafe start.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[first..<count]))
        }
        store(written + count, in: .written)
        return count
    }

    /// Says that nothing more comes.
    public func end() { store(1, in: .hasEnded) }

    /// Whether the reader has taken everything and the end.
    public var isEndTaken: Bool { load(.isEndTaken) != 0 }

    /// Whether the writer has to wake the reader after what it has just done. It is told once for each sleep.
    public func mustWakeReader() -> Bool { clear(.readerSleeps) }

    /// Announces that the writer sleeps until there is room; false when there is some by now and it must not.
    public func writerSleeps() -> Bool {
        store(1, in: .writerSleeps)
        // Who has taken the mark away wakes the writer, who has to wait for that, so that no wake-up is left over.
        return !hasRoom || !clear(.writerSleeps)
    }

    // MARK: the reader

    /// Copies bytes that are there, as many as fit; how many.
    public func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let taken = load(.taken)
        let count = min(buffer.count, load(.written) - taken)
        let (place, first) = split(count, at: taken)
        unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: start[place..<place + first]))
        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[first...]).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: start[..<(count - first)]))
        store(taken + count, in: .taken)
        return count
    }

    /// Whether the writer has ended and all was read.
    public var isOver: Bool { load(.hasEnded) != 0 && count == 0 }

    /// Tells the writer that its end has come.
    public func takeEnd() { store(1, in: .isEndTaken) }

    /// Whether the reader has to wake the writer after what it has just taken. It is told once for each sleep.
    public func mustWakeWriter() -> Bool { hasRoom && clear(.writerSleeps) }

    /// Announces that the reader sleeps until there are bytes or the end; false when there is something by now and it
    /// must not.
    public func readerSleeps() -> Bool {
        store(1, in: .readerSleeps)
        return (count == 0 && load(.hasEnded) == 0) || !clear(.readerSleeps)
    }

    /// Where the byte with this number stands, and how many of those from it on stand before the end of the memory.
    private func split(_ count: Int, at number: Int) -> (place: Int, first: Int) {
        let place = number % capacity
        return (place, min(count, capacity - place))
    }
}
