// SPDX-License-Identifier: Apache-2.0

extension ByteStream {
    /// Tells `observe` the size of every chunk that passes.
    public func observed(_ observe: @escaping @Sendable (Int) -> Void) -> ByteStream {
        ByteStream {
            let chunk = try await next()
            if let chunk { observe(chunk.count) }
            return chunk
        }
    }

    /// The bytes of several streams after one another; each is opened when its turn comes.
    public static func concatenating(_ parts: [@Sendable () async throws -> ByteStream]) -> ByteStream {
        let state = Guarded((next: 0, current: ByteStream?.none))
        return ByteStream {
            while true {
                if let current = state.withLock({ $0.current }) {
                    if let chunk = try await current.next() { return chunk }
                    state.withLock { $0.current = nil }
                }
                let index = state.withLock { state in
                    defer { state.next += 1 }
                    return state.next
                }
                guard index < parts.count else { return nil }
                let opened = try await parts[index]()
                state.withLock { $0.current = opened }
            }
        }
    }

    /// The bytes behind the first `count`; those are read and dropped.
    public func dropping(first count: Int64) -> ByteStream {
        let left = Guarded(count)
        return ByteStream {
            while let chunk = try await next() {
                let dropped = left.withLock { left in
                    let dropped = Swift.min(left, Int64(chunk.count))
                    left -= dropped
                    return Int(dropped)
                }
                if dropped < chunk.count { return chunk.dropFirst(dropped) }
            }
            return nil
        }
    }

    /// Throws `.limitExceeded` as soon as more than `limit` bytes have passed.
    public func limited(to limit: Int64, of thing: String) -> ByteStream {
        let passed = Guarded<Int64>(0)
        return ByteStream {
            guard let chunk = try await next() else { return nil }
            let total = passed.withLock { passed in
                passed += Int64(chunk.count)
                return passed
            }
            guard total <= limit else {
                throw Fault(
                    .limitExceeded, "\(thing) is larger than the \(ByteCount(limit)) accepted here")
            }
            return chunk
        }
    }
}
