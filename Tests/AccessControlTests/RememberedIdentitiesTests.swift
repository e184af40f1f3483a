// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@testable import AccessControl

@Suite("Remembered identities") struct RememberedIdentitiesTests {
    let clock = TestClock()

    private func table(_ limit: Int = 100) -> RememberedIdentities {
        RememberedIdentities(limit: limit, duration: 1000, clock: clock.access)
    }

    @Test("what was checked before everything was forgotten is not remembered after it")
    func generation() {
        let table = table(), key = table.key([1]), identity = Identity(user: "a", means: .password)
        let generation = table.generation
        table.forgetAll()
        table.remember(identity, for: key, generation: generation)
        #expect(table.identity(of: key) == nil)
        table.remember(identity, for: key, generation: table.generation)
        #expect(table.identity(of: key) == identity)
        table.forgetAll()
        #expect(table.identity(of: key) == nil)
    }

    @Test("a credential has another key in every table and none is the credential")
    func keys() {
        let first = table(), second = table()
        #expect(first.key([1, 2, 3]) == first.key([1, 2, 3]))
        #expect(first.key([1, 2, 3]) != first.key([1, 2, 4]))
        #expect(first.key([1, 2, 3]) != second.key([1, 2, 3]))
    }

    @Test("however many there are, memory is bounded, and what is used stays")
    func bounded() {
        let table = table(), used = table.key([0]), groups = Set((0..<50).map { "group-\($0)" })
        table.remember(Identity(user: "used", means: .token), for: used, generation: 0)
        var kept = 0
        let keys = (0..<10_000).map { table.key([1, UInt8($0 & 255), UInt8($0 >> 8)]) }
        for key in keys {
            table.remember(Identity(user: "x", groups: groups, means: .issuer), for: key, generation: 0)
            #expect(table.identity(of: used) != nil)
        }
        for key in keys where table.identity(of: key) != nil { kept += 1 }
        #expect((1...50).contains(kept))
    }

    @Test("what says when it ends, ends then by the time of day, and all else by the other clock")
    func ends() {
        let table = table(), key = table.key([1]), other = table.key([2])
        let identity = Identity(user: "a", means: .token)
        table.remember(identity, for: key, expires: Timestamp(seconds: 1_800_000_010), generation: 0)
        table.remember(identity, for: other, generation: 0)
        clock.setDay(1_800_000_010)
        #expect(table.identity(of: key) == nil)
        #expect(table.identity(of: other) == identity)
        clock.setDay(0)
        clock.advance(seconds: 1)
        #expect(table.identity(of: other) == nil)
    }
}
