// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Turns bytes into other bytes as they come.
protocol ByteTransform: SendableMetatype {
    /// Takes bytes from the start of the input and gives what they become.
    ///
    /// Takes or gives something unless it needs more input, and begins a step only while `output.hasRoom`.
    ///
    /// - Parameters:
    ///   - input: bytes not yet taken, and `TransformOutput.padding` zeros behind them.
    ///   - count: how many bytes there are without the zeros.
    ///   - isLast: whether no more input follows.
    /// - Returns: how many bytes were taken.
    mutating func process(
        _ input: UnsafeRawPointer, count: Int, isLast: Bool, into output: TransformOutput
    ) throws(Fault) -> Int
    /// Throws when the input must not end here.
    func finish() throws(Fault)
}

/// Where a transform writes: memory that is used again and again.
@safe final class TransformOutput {
    // Safe because the memory is allocated in `init`, freed in `deinit`, and written by `append` only within its bounds;
    // those who write through `start` carry their proof.

    /// How many bytes can be read behind an input.
    static let padding = 64
    /// How many bytes a step may write.
    static let stepSize = 8192

    let start: UnsafeMutablePointer<UInt8>
    /// How many bytes are written.
    var count = 0
    /// From how many bytes on no step begins.
    let limit = Chunk.preferredSize

    init() { unsafe start = .allocate(capacity: limit + Self.stepSize) }
    deinit { unsafe start.deallocate() }

    /// Whether a step may begin.
    var hasRoom: Bool { count < limit }

    func append(_ byte: UInt8) {
        precondition(count < limit + Self.stepSize)
        unsafe start[count] = byte
        count += 1
    }

    /// What was written, which makes room.
    func take() -> [UInt8] {
        defer { count = 0 }
        return unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }
}

extension ByteStream {
    /// The bytes that a transform gives for these.
    func transformed<Transform: ByteTransform>(by transform: Transform) -> ByteStream {
        let transformation = Transformation(self, transform)
        return ByteStream { try await transformation.next() }
    }
}

private final class Transformation<Transform: ByteTransform>: @unchecked Sendable {
    // Proof of Sendable: a stream has one reader, who waits for a chunk before asking for the next; that orders all
    // accesses, and nothing here is reached from elsewhere.
    private let source: ByteStream
    private var transform: Transform
    private let output = TransformOutput()
    /// Input not yet taken from `start` to `end`, zeros behind.
    private var input = [UInt8](repeating: 0, count: TransformOutput.padding)
    private var (start, end) = (0, 0)
    private var isLast = false

    init(_ source: ByteStream, _ transform: Transform) { (self.source, self.transform) = (source, transform) }

    func next() async throws -> Chunk? {
        while true {
            try Task.checkCancellation()
            let taken = try step()
            guard output.count == 0 else { return output.take()[...] }
            guard taken == 0 else { continue }
            guard !isLast else {
                try transform.finish()
                return nil
            }
            try await fill()
        }
    }

    private func step() throws(Fault) -> Int {
        var result = Result<Int, Fault>.success(0)
        // Proof: `fill` leaves as many zeros as `padding` behind `end`, and `start` never exceeds `end`.
        unsafe input.withUnsafeBytes { bytes in
            do throws(Fault) {
                result = .success(
                    unsafe try transform.process(
                        bytes.baseAddress! + start, count: end - start, isLast: isLast, into: output))
            } catch { result = .failure(error) }
        }
        let taken = try result.get()
        precondition(0...(end - start) ~= taken)
        start += taken
        return taken
    }

    private func fill() async throws {
        guard let chunk = try await source.next() else {
            isLast = true
            return
        }
        var bytes = Array(input[start..<end])
        bytes.reserveCapacity(bytes.count + chunk.count + TransformOutput.padding)
        bytes += chunk
        (start, end) = (0, bytes.count)
        for _ in 0..<TransformOutput.padding { bytes.append(0) }
        input = bytes
    }
}
