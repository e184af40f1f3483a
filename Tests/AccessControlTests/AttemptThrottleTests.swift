// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing
import Web

@testable import AccessControl

@Suite("Slowed guessing") struct AttemptThrottleTests {
    let clock = TestClock()
    let home = IPAddress("192.0.2.1")!
    let evil = IPAddress("198.51.100.7")!

    @Test("after five failures of a user at an address the wait doubles up to five minutes")
    func doubling() {
        let throttle = AttemptThrottle(clock: clock.access)
        for _ in 0..<5 { #expect(throttle.admit("alice", from: evil) == .admitted) }
        for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300] {
            #expect(throttle.admit("alice", from: evil) == .refused(retryAfter: wait))
            clock.advance(seconds: Int64(wait))
            if case .refused = throttle.admit("alice", from: evil) { Issue.record("still refused after \(wait)") }
        }
    }

    @Test("what is refused does not count: who asks too early waits no longer for it")
    func early() {
        let throttle = AttemptThrottle(clock: clock.access)
        for _ in 0..<8 { _ = throttle.admit("alice", from: evil) }
        for _ in 0..<100 { #expect(throttle.admit("alice", from: evil) == .refused(retryAfter: 1)) }
        clock.advance(seconds: 1)
        #expect(throttle.admit("alice", from: evil) == .admitted)
    }

    @Test("attempts at once are counted before any of them has failed")
    func parallel() {
        let throttle = AttemptThrottle(clock: clock.access)
        let admitted = (0..<100).filter { _ in throttle.admit("alice", from: evil) == .admitted }
        #expect(admitted.count == 5)
    }

    @Test("success resets, and so does time")
    func resets() {
        let throttle = AttemptThrottle(clock: clock.access)
        for _ in 0..<20 {
            for _ in 0..<4 { #expect(throttle.admit("alice", from: home) == .admitted) }
            throttle.succeeded("alice", from: home)
            clock.advance(seconds: 1000)
        }
        for _ in 0..<6 { _ = throttle.admit("alice", from: home) }
        clock.advance(seconds: 900)
        #expect(throttle.admit("alice", from: home) == .admitted)
    }

    @Test("a wrong time of day changes nothing")
    func wrongDay() {
        let throttle = AttemptThrottle(clock: clock.access)
        for _ in 0..<5 { _ = throttle.admit("alice", from: evil) }
        clock.setDay(4_000_000_000)
        #expect(throttle.admit("alice", from: evil) == .refused(retryAfter: 1))
        clock.setDay(0)
        #expect(throttle.admit("alice", from: evil) == .refused(retryAfter: 1))
    }

    @Test("many users from one address are one who guesses")
    func address() {
        let throttle = AttemptThrottle(clock: clock.access)
        for number in 0..<30 { #expect(throttle.admit("user\(number)", from: evil) == .admitted) }
        #expect(throttle.admit("user99", from: evil) == .refused(retryAfter: 1))
        #expect(throttle.admit("user99", from: home) == .admitted)
    }

    @Test("one known password does not buy attempts at others")
    func oneAccount() {
        let throttle = AttemptThrottle(clock: clock.access)
        var attempts = 0
        for number in 0..<1000 {
            if throttle.admit("victim\(number)", from: evil) == .admitted { attempts += 1 }
            if throttle.admit("evil", from: evil) == .admitted { throttle.succeeded("evil", from: evil) }
        }
        #expect(attempts <= 31)
    }

    @Test("nobody is locked out by others who guess their password")
    func others() {
        let throttle = AttemptThrottle(clock: clock.access)
        throttle.succeeded("alice", from: home)
        for number in 0..<5000 {
            _ = throttle.admit("alice", from: IPAddress(bytes: [203, 0, UInt8(number >> 8), UInt8(number & 255)])!)
        }
        // From where she was right before, nothing has changed; from elsewhere the answer comes a little later.
        #expect(throttle.admit("alice", from: home) == .admitted)
        #expect(throttle.admit("alice", from: IPAddress("192.0.2.77")!) == .delayed(milliseconds: 2000))
    }

    @Test("who shares an address with somebody who guesses gets in where they were before")
    func sharedAddress() {
        let throttle = AttemptThrottle(clock: clock.access)
        throttle.succeeded("alice", from: home)
        for number in 0..<100 { _ = throttle.admit("user\(number)", from: home) }
        #expect(throttle.admit("alice", from: home) == .admitted)
        guard case .refused = throttle.admit("bob", from: home) else {
            Issue.record("somebody else gets in")
            return
        }
    }

    static let same: [(String, String, Bool)] = [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true), ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ("192.0.2.1", "192.0.2.2", false), ("::ffff:192.0.2.1", "192.0.2.1", true),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false),
    ]

    @Test("addresses of one network of IPv6 are one client", arguments: same)
    func networks(_ a: String, _ b: String, _ isSame: Bool) throws {
        let throttle = AttemptThrottle(clock: clock.access)
        for _ in 0..<5 { _ = throttle.admit("alice", from: try #require(IPAddress(a))) }
        let admission = throttle.admit("alice", from: try #require(IPAddress(b)))
        #expect(admission == (isSame ? .refused(retryAfter: 1) : .admitted))
    }

    @Test("what was not checked does not count")
    func abandoned() {
        let throttle = AttemptThrottle(clock: clock.access)
        for _ in 0..<100 {
            #expect(throttle.admit("alice", from: home) == .admitted)
            throttle.abandoned("alice", from: home)
        }
    }
}
