// SPDX-License-Identifier: Apache-2.0

import Testing
import WebClient

@Suite("Retry policy") struct RetryPolicyTests {
    @Test("Retry-After counts in seconds", arguments: [("3", Duration.seconds(3)), ("0", .zero), ("60", .seconds(60))])
    func retryAfter(header: String, expected: Duration) {
        #expect(RetryPolicy().delay(afterAttempt: 1, retryAfter: header) == expected)
    }

    @Test("a server that asks for more patience than we have is not tried again") func tooLong() {
        #expect(RetryPolicy().delay(afterAttempt: 1, retryAfter: "86400") == nil)
    }

    @Test("a Retry-After that is no time leaves the wait to us", arguments: ["-5", "soon", "", "3.5"])
    func nonsense(header: String) throws {
        let delay = try #require(RetryPolicy().delay(afterAttempt: 1, retryAfter: header))
        #expect(delay >= .milliseconds(250) && delay <= .milliseconds(275))
    }

    @Test("dates count from now, and a past one means at once") func date() {
        var policy = RetryPolicy()
        policy.now = { 784_111_777 - 10 }
        #expect(policy.delay(afterAttempt: 1, retryAfter: "Sun, 06 Nov 1994 08:49:37 GMT") == .seconds(10))
        policy.now = { 784_111_777 + 10 }
        #expect(policy.delay(afterAttempt: 1, retryAfter: "Sun, 06 Nov 1994 08:49:37 GMT") == .zero)
    }

    @Test("waits double up to the longest, with at most a tenth more") func doubling() throws {
        for attempt in 1...9 {
            let base = min(Duration.milliseconds(250) * (1 << (attempt - 1)), .seconds(10))
            let delay = try #require(RetryPolicy().delay(afterAttempt: attempt, retryAfter: nil))
            #expect(delay >= base && delay <= base + base / 10)
        }
    }
}
