// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@testable import Repositories

@Suite("Shared reads") struct SharedReadTests {
    /// A source of numbered chunks that counts how often it is opened.
    private final class Source: Sendable {
        let opened = Guarded(0), chunks: Int, failsAt: Int?
        init(chunks: Int, failsAt: Int? = nil) { (self.chunks, self.failsAt) = (chunks, failsAt) }

        @Sendable func open() async throws -> ByteStream {
            opened.withLock { $0 += 1 }
            let next = Guarded(0)
            return ByteStream { [chunks, failsAt] in
                await Task.yield()
                let number = next.withLock { number in
                    defer { number += 1 }
                    return number
                }
                if number == failsAt { throw Fault(.unavailable, "the source broke") }
                return number < chunks ? [UInt8(truncatingIfNeeded: number), 1, 2][...] : nil
            }
        }
        var content: [UInt8] { (0..<chunks).flatMap { [UInt8(truncatingIfNeeded: $0), 1, 2] } }
    }

    /// A pause that ends only when its task does.
    private static let never: @Sendable (Duration) async throws -> Void = { _ in
        while true {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    @Test("all readers get the same content from one reading", arguments: [1, 2, 5])
    func together(readers: Int) async throws {
        let source = Source(chunks: 100)
        let read = SharedRead(expected: readers, pause: Self.never, open: source.open)
        let results = try await (0..<readers).mapConcurrently(limit: readers) { _ in
            try await read.join().collect(limit: 1 << 20)
        }
        #expect(results.allSatisfy { $0 == source.content })
        #expect(source.opened.withLock { $0 } == 1)
    }

    @Test("the first does not wait for ever for those that do not come") func absent() async throws {
        let source = Source(chunks: 20)
        let read = SharedRead(expected: 3, pause: { _ in }, open: source.open)
        #expect(try await read.join().collect(limit: 1 << 20) == source.content)
        // Who comes after the end reads by itself.
        #expect(try await read.join().collect(limit: 1 << 20) == source.content)
        #expect(source.opened.withLock { $0 } == 2)
    }

    @Test("one that does not move is left behind and reads the rest by itself") func stuck() async throws {
        let source = Source(chunks: 50)
        let read = SharedRead(expected: 2, pause: { _ in await Task.yield() }, open: source.open)
        let slow = try await read.join(), fast = try await read.join()
        let first = try await slow.next()
        #expect(try await fast.collect(limit: 1 << 20) == source.content)
        let rest = try await slow.collect(limit: 1 << 20)
        #expect(Array(first ?? []) + rest == source.content)
        #expect(source.opened.withLock { $0 } == 2)
    }

    @Test("one that goes away does not hold up the others") func gone() async throws {
        let source = Source(chunks: 50)
        let read = SharedRead(expected: 2, pause: Self.never, open: source.open)
        var leaving: ByteStream? = try await read.join()
        let staying = try await read.join()
        _ = try await leaving?.next()
        leaving = nil
        #expect(try await staying.collect(limit: 1 << 20) == source.content)
        #expect(source.opened.withLock { $0 } == 1)
    }

    @Test("a reader that is cancelled is not the end of the others") func cancelled() async throws {
        let source = Source(chunks: 50)
        let read = SharedRead(expected: 2, pause: Self.never, open: source.open)
        let task = Task {
            let doomed = try await read.join()
            return try await doomed.collect(limit: 1 << 20)
        }
        let other = Task { try await read.join().collect(limit: 1 << 20) }
        task.cancel()
        _ = try? await task.value
        #expect(try await other.value == source.content)
    }

    @Test("a source that breaks is an error for all") func broken() async throws {
        let source = Source(chunks: 50, failsAt: 7)
        let read = SharedRead(expected: 2, pause: Self.never, open: source.open)
        let streams = [try await read.join(), try await read.join()]
        for result in await [
            Task { try await streams[0].collect(limit: 1 << 20) },
            Task { try await streams[1].collect(limit: 1 << 20) },
        ].asyncResults() {
            guard case .failure(let error as Fault) = result else {
                Issue.record("it did not fail")
                continue
            }
            #expect(error.code == .unavailable)
        }
    }
}

extension [Task<[UInt8], any Error>] {
    fileprivate func asyncResults() async -> [Result<[UInt8], any Error>] {
        var results: [Result<[UInt8], any Error>] = []
        for task in self { results.append(await task.result) }
        return results
    }
}
