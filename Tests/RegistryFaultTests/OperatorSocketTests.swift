// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Registry
import Testing

@testable import RegistryServer

@Suite("Requests of an operator") struct OperatorSocketTests {
    static func requests() -> [OperatorRequest] {
        var garbage = GarbageOptions()
        (garbage.isDryRun, garbage.grace, garbage.includesUntagged) = (true, 0, true)
        (garbage.isClockTrusted, garbage.uploadIdle) = (true, 5)
        var scrub = ScrubOptions()
        scrub.bytesPerSecond = 1
        return [
            .garbage(GarbageOptions()), .garbage(garbage), .scrub(ScrubOptions()), .scrub(scrub), .compact,
            .recheck(isHiding: false),
            .recheck(isHiding: true),
        ]
    }

    @Test("every request comes back as it was sent")
    func roundTrip() throws {
        for request in Self.requests() {
            let again = try OperatorRequest(json: JSON(parsing: request.json.encoded(), source: "test"))
            #expect(again.json == request.json)
        }
    }

    @Test(
        "anything else is refused, and changes nothing",
        arguments: [
            "", "nonsense", "{}", "[]", #"{"do":"rm"}"#, #"{"do":"gc"}"#,
            #"{"do":"gc","dryRun":"no","untagged":false}"#,
            #"{"do":"gc","dryRun":false,"untagged":false,"trustClock":false,"grace":-1}"#,
            #"{"do":"scrub","rate":"fast"}"#, #"{"do":"recheck"}"#, #"{"do":"recheck","hide":1}"#,
            String(repeating: "[", count: 100_000),
        ])
    func refused(_ text: String) async throws {
        let folder = try TemporaryFolder()
        let registry = try RegistryFolder("\(folder.path)/registry")
        let socket = try OperatorSocket(registry)
        let path = registry.path
        await #expect(throws: Fault.self) {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                startThread {
                    do {
                        _ = try OperatorSocket.converse(Array(text.utf8), path) { _ in }
                        continuation.resume()
                    } catch {
                        continuation.resume(throwing: error)
                    }
                }
            }
        }
        // It goes on to answer others.
        #expect(try await OperatorSocket.ask(.compact, of: registry.path) != nil)
        await socket.stop()
        #expect(try await OperatorSocket.ask(.compact, of: registry.path) == nil)
        await registry.close()
    }
}
