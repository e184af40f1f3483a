// SPDX-License-Identifier: Apache-2.0

/// What a span is to the two sides of a call.
public enum SpanKind: Int, Sendable {
    /// Work inside a service.
    case `internal` = 1
    /// A request that is answered.
    case server
    /// A request that is made.
    case client
    /// A message that is sent and not waited for.
    case producer
    /// A message that is worked on.
    case consumer
}

/// A piece of work in a trace: a handle to say more of it while it goes on, and to end it.
///
/// Where nothing is recorded, it holds nothing and everything said to it is forgotten, at the cost of a comparison; what
/// is expensive to make should ask `isRecording` first.
public struct TraceSpan: Sendable {
    /// The span the running task works for; a child task has that of its parent.
    @TaskLocal public static var current = TraceSpan.inactive

    /// A span of no trace.
    public static let inactive = TraceSpan(context: nil, recorder: nil)

    /// What is sent to the services that are asked on the way; nil without tracing.
    public let context: TraceContext?
    private let recorder: SpanRecorder?

    init(context: TraceContext?, recorder: SpanRecorder?) { (self.context, self.recorder) = (context, recorder) }

    /// Whether anybody will see what is said of it.
    public var isRecording: Bool { recorder != nil }

    /// Says something of it. Of more than 64 attributes the further ones are dropped and counted; a text is cut at 4 KiB.
    public func set(_ name: String, _ value: @autoclosure () -> FieldValue) { recorder?.set(name, value()) }

    /// Gives it another name: one of few, such as a route, not a path.
    public func rename(_ name: @autoclosure () -> String) { recorder?.rename(name()) }

    /// Says that something happened now. Of more than 64 events the further ones are dropped and counted.
    public func event(_ name: @autoclosure () -> String, _ attributes: @autoclosure () -> Fields = [:]) {
        recorder?.event(name(), attributes())
    }

    /// Says that it failed, and why.
    public func fail(_ reason: @autoclosure () -> String) { recorder?.fail(reason()) }

    /// Says that it failed with an error: the error's sentence, and its code as the attribute `error.type`.
    public func fail(with error: any Error) {
        guard let recorder else { return }
        let fields = Log.fields(of: error)
        recorder.fail(fields["error"]?.text ?? "")
        recorder.set("error.type", fields["code"] ?? "")
    }

    /// Ends it; only the first time counts. A span that never ends is never seen.
    public func end() { recorder?.end() }
}
