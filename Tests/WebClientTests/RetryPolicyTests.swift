// SPDX-License-Identifier: Apache-2.0

import Testing
import WebClient

@Suite("Retry policy") struct RetryPolicyTests {
    @Test(
        "Retry-After counts, within the longest delay",
        arguments: [("3", Duration.seconds(3)), ("0", .zero), ("86400", .seconds(30)), ("-5", .zero)])
    func retryAfter(header: String, expected: Duration) {
        #expect(RetryPolicy().delay(afterAttempt: 1, retryAfter: header) == expected)
    }

    @Test("dates count from now") func date() {
        var policy = RetryPolicy()
        policy.now = { 784_111_777 - 10 }
        #expect(policy.delay(afterAttempt: 1, retryAfter: "Sun, 06 Nov 1994 08:49:37 GMT") == .seconds(10))
    }

    @Test("waits double, with at most a tenth more") func doubling() {
        for attempt in 1...5 {
            let base = Duration.milliseconds(250) * (1 << (attempt - 1))
            let delay = RetryPolicy().delay(afterAttempt: attempt, retryAfter: nil)
            #expect(delay >= base && delay <= base + base / 10)
        }
    }
}
