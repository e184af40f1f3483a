// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@Suite("Memory that two see") struct SharedMemoryTests {
    @Test("what one writes the other reads, and it begins with zeros")
    func shared() throws {
        let one = try SharedMemory(size: 3000), other = try SharedMemory(inherited: one.descriptor, size: 3000)
        #expect(other.read(at: 0, count: 3000) == [UInt8](repeating: 0, count: 3000))
        one.write([1, 2, 3], at: 2997)
        #expect(other.read(at: 2996, count: 4) == [0, 1, 2, 3])
        other.write([9], at: 0)
        #expect(one.read(at: 0, count: 2) == [9, 0])
    }

    @Test("what is too small, or no memory, is refused")
    func refused() throws {
        let small = try SharedMemory(size: 10)
        #expect(throws: Fault.self) { try SharedMemory(inherited: small.descriptor, size: 11) }
        #expect(throws: Fault.self) { try SharedMemory(inherited: -1, size: 1) }
    }
}
