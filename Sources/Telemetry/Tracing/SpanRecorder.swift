// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Collects what is said of a span until it ends.
final class SpanRecorder: Sendable {
    /// Nil once it has ended.
    private let record: Guarded<SpanRecord?>
    private let clock: WallClock
    private let finish: @Sendable (SpanRecord) -> Void

    init(_ record: SpanRecord, clock: WallClock, finish: @escaping @Sendable (SpanRecord) -> Void) {
        (self.record, self.clock, self.finish) = (Guarded(record), clock, finish)
    }

    func set(_ name: String, _ value: FieldValue) { record.withLock { $0?.set(name, value) } }
    func rename(_ name: String) { record.withLock { $0?.name = SpanRecord.cut(name) } }
    func fail(_ reason: String) { record.withLock { $0?.failure = SpanRecord.cut(reason) } }

    func event(_ name: String, _ attributes: Fields) {
        let time = clock.nanoseconds()
        record.withLock { $0?.add(name, attributes, at: time) }
    }

    func end() {
        guard var ended = record.withLock({ $0.take() }) else { return }
        // Clocks are set back at times; a span cannot end before it starts.
        ended.end = max(ended.start, clock.nanoseconds())
        finish(ended)
    }
}
