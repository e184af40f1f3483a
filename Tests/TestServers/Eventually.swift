// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Waits for what other tasks or programs bring about; throws `.unavailable` when it never comes.
///
/// Two minutes are no measure of anything: they end a test of something broken, and are more than a machine that does much
/// else, or waits for its disk, needs.
///
/// - Parameters:
///   - what: what shall become so, for the error, made when it is thrown.
///   - isTrue: asked again and again; what it throws ends the wait.
public func eventually(
    _ what: @autoclosure () -> String = "what the test waits for", within limit: Duration = .seconds(120),
    _ isTrue: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !isTrue() {
        guard ContinuousClock.now < end else { throw Fault(.unavailable, "it did not come about: \(what())") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
