// SPDX-License-Identifier: Apache-2.0

import Testing
import Web

@Suite("Origin") struct OriginTests {
    @Test(
        "this machine is known by its names and addresses",
        arguments: [
            ("localhost", true), ("app.localhost", true), ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true),
            ("localhost.evil.org", false), ("127.0.0.1.evil.org", false), ("128.0.0.1", false), ("127.0.0.999", false),
        ])
    func loopback(host: String, expected: Bool) {
        #expect(Origin(scheme: "http", host: host, port: 80).isLoopback == expected)
    }
}
