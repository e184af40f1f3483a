// SPDX-License-Identifier: Apache-2.0

internal import Basics

extension ProgressEvent {
    /// The event as one line of JSON.
    var json: String {
        let members: [(String, JSONText)] =
            switch self {
            case .planned(let items, let bytes, let text):
                [
                    ("event", .text("planned")), ("items", .number(Int64(items))), ("bytes", .number(bytes)),
                    ("text", .text(text)),
                ]
            case .started(let id, let name, let bytes):
                [("event", .text("started")), ("id", .text(id)), ("name", .text(name))]
                    + (bytes.map { [("bytes", .number($0))] } ?? [])
            case .moved(let id, let bytes): [("event", .text("moved")), ("id", .text(id)), ("bytes", .number(bytes))]
            case .skipped(let id, let name, let reason):
                [
                    ("event", .text("skipped")), ("id", .text(id)), ("name", .text(name)), ("reason", .text(reason)),
                ]
            case .finished(let id): [("event", .text("finished")), ("id", .text(id))]
            case .failed(let id, let failure): Self.members(id, failure)
            case .warning(let text): [("event", .text("warning")), ("message", .text(text))]
            case .note(let text): [("event", .text("note")), ("message", .text(text))]
            }
        return JSONText.object(members).encoded
    }

    private static func members(_ id: String, _ failure: ProgressFailure) -> [(String, JSONText)] {
        let report = ErrorReport(failure.fault)
        var members: [(String, JSONText)] = [
            ("event", .text("failed")), ("id", .text(id)), ("attempt", .number(Int64(failure.attempt))),
            ("final", .bool(failure.isFinal)), ("code", .text(report.code)), ("message", .text(report.message)),
        ]
        if !report.causes.isEmpty { members.append(("causes", .list(report.causes.map { .text($0.message) }))) }
        if let fix = report.fix { members.append(("fix", .text(fix))) }
        return members
    }
}
