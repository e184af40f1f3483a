// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Says what happens, to one writer, with fields that every line of this handle has.
///
/// A value, cheap to copy and to extend: `log.with("repository", "\(name)").info("pushed", ["bytes": .integer(size)])`.
/// Messages are fixed words of the program; what comes from outside belongs into fields, where it is escaped: no value
/// can end its line or its field, nor begin another (CWE-117). Within a span that is recorded lines carry its `trace_id`
/// and `span_id`. What a line needs is made only when its level is written.
public struct Log: Sendable {
    private let writer: LogWriter?
    private let bound: Fields

    /// Lines to a writer.
    public init(_ writer: LogWriter) { (self.writer, bound) = (writer, Fields()) }

    private init(_ writer: LogWriter?, _ bound: Fields) { (self.writer, self.bound) = (writer, bound) }

    /// Says nothing.
    public static let none = Log(nil, Fields())

    /// The same log with a field more.
    public func with(_ name: String, _ value: FieldValue) -> Log {
        var fields = bound
        fields[name] = value
        return Log(writer, fields)
    }

    /// The same log with more fields.
    public func with(_ fields: Fields) -> Log { Log(writer, bound.merging(fields)) }

    /// Whether lines of a level are written.
    public func isEnabled(_ level: LogLevel) -> Bool { writer.map { level >= $0.level } ?? false }

    /// For who looks for a fault in the program.
    public func debug(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        write(.debug, message(), fields())
    }
    /// What happened, as intended.
    public func info(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        write(.info, message(), fields())
    }
    /// What somebody should look at before it becomes an error.
    public func warn(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        write(.warn, message(), fields())
    }
    /// What went wrong.
    public func error(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
        write(.error, message(), fields())
    }
    /// What went wrong, with the error in the fields `error` and `code`.
    public func error(
        _ message: @autoclosure () -> String, _ error: any Error, _ fields: @autoclosure () -> Fields = [:]
    ) {
        write(.error, message(), fields().merging(Self.fields(of: error)))
    }

    /// An error as fields: its sentence, and the code to branch on.
    static func fields(of error: any Error) -> Fields {
        let fault = Fault(wrapping: error)
        return ["error": .string("\(fault)"), "code": .string(fault.code.name)]
    }

    private func write(_ level: LogLevel, _ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields) {
        guard let writer, level >= writer.level else { return }
        var all = bound.merging(fields())
        if let span = TraceSpan.current.context, span.isSampled {
            all["trace_id"] = .string(span.traceID.description)
            all["span_id"] = .string(span.spanID.description)
        }
        writer.write(level, message(), all)
    }
}
