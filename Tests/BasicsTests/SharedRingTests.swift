// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@Suite("Bytes through memory that two see") struct SharedRingTests {
    private func read(_ ring: SharedRing, upTo count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
            written = unsafe ring.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    @Test("what one writes the other reads in order, also round the end of the memory")
    func order() throws {
        let one = try SharedRing(capacity: 10), other = try SharedRing(inherited: one.descriptor, capacity: 10)
        #expect(read(other, upTo: 5) == [])
        #expect(one.write([1, 2, 3, 4, 5, 6, 7]) == 7)
        #expect(read(other, upTo: 4) == [1, 2, 3, 4])
        #expect(one.write([8, 9, 10, 11, 12, 13, 14, 15]) == 7)
        #expect(one.write([15]) == 0)
        #expect(other.count == 10)
        #expect(read(other, upTo: 20) == [5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
        #expect(!other.isOver)
        one.end()
        #expect(other.isOver && !one.isEndTaken)
        other.takeEnd()
        #expect(one.isEndTaken)
        one.begin()
        #expect(one.write([1]) == 1 && !other.isOver && !one.isEndTaken)
    }

    @Test("who sleeps is woken once, by what it waits for")
    func sleep() throws {
        let ring = try SharedRing(capacity: 10)
        #expect(!ring.mustWakeReader())
        #expect(ring.readerSleeps())
        #expect(ring.write([1, 2]) == 2)
        #expect(ring.mustWakeReader() && !ring.mustWakeReader())
        #expect(!ring.readerSleeps() && !ring.mustWakeReader())
        #expect(ring.write([3, 4, 5, 6, 7, 8, 9, 10]) == 8)
        #expect(ring.writerSleeps())
        #expect(read(ring, upTo: 4).count == 4)
        #expect(!ring.mustWakeWriter())
        #expect(read(ring, upTo: 1).count == 1)
        #expect(ring.mustWakeWriter() && !ring.mustWakeWriter())
        #expect(!ring.writerSleeps() && !ring.mustWakeWriter())
        #expect(read(ring, upTo: 10).count == 5)
        #expect(ring.readerSleeps())
        ring.end()
        #expect(ring.mustWakeReader())
        #expect(!ring.readerSleeps())
    }

    @Test("two threads that sleep and wake each other lose no byte", arguments: [1, 7, 4096])
    func threads(_ capacity: Int) async throws {
        let ring = try SharedRing(capacity: capacity),
            other = try SharedRing(inherited: ring.descriptor, capacity: capacity)
        let (bytes, room) = (Semaphore(), Semaphore())
        let sent = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        startThread {
            var rest = sent[...]
            while !rest.isEmpty {
                let count = ring.write(rest.prefix(1 + rest.count % 5))
                rest = rest.dropFirst(count)
                if ring.mustWakeReader() { bytes.signal() }
                if count == 0, ring.writerSleeps() { room.wait() }
            }
            ring.end()
            if ring.mustWakeReader() { bytes.signal() }
        }
        let received: [UInt8] = await withCheckedContinuation { done in
            startThread {
                var received: [UInt8] = []
                while !other.isOver {
                    if other.count == 0, other.readerSleeps() { bytes.wait() }
                    received += self.read(other, upTo: 3)
                    if other.mustWakeWriter() { room.signal() }
                }
                done.resume(returning: received)
            }
        }
        #expect(received == sent)
    }

    @Test("what is too small, or no memory, is refused")
    func refused() throws {
        let small = try SharedRing(capacity: 10)
        #expect(throws: Fault.self) { try SharedRing(inherited: small.descriptor, capacity: 11) }
        #expect(throws: Fault.self) { try SharedRing(inherited: -1, capacity: 1) }
    }
}
