// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import OCI
import TestRegistry
import Testing

@Suite("Discovery") struct Discovery {
    static let gate = Turnstile(8)
    @Test("all", arguments: Direction.allCases)
    func all(direction: Direction) async throws {
        for row in HostileTable.rows(direction) {
            let start = ContinuousClock.now
            let outcome = try await watched(.seconds(30)) { try await row.run() }
            let time = (ContinuousClock.now - start) / .milliseconds(1)
            guard let outcome else { print("ROW|\(row)|HUNG"); continue }
            print("ROW|\(row)|\(outcome.fault.map { "\($0.code)" } ?? "ok")|fired \(outcome.fired)|\(outcome.isVisible ? "visible" : "")|\(outcome.leaks)|\(outcome.sentBytes)|\(Int(time)) ms|\(outcome.fault?.message.replacing("\(outcome.port)", with: "PORT").replacing("\(outcome.foreignPort)", with: "FOREIGN").debugDescription ?? "")")
        }
    }
}
