// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// An error as its reader sees it: the only place where an error becomes text.
struct ErrorReport {
    /// How it is written.
    struct Style: Sendable {
        /// As a line of JSON, because the answer would have been JSON.
        var isJSON = false
        /// With the codes of the error and of its causes.
        var showsCodes = false
        var usesColor = false
    }

    let code: String
    let message: String
    let causes: [(code: String, message: String)]
    let fix: String?

    /// Takes an error and the chain of its causes apart.
    init(_ error: any Error) {
        if let error = error as? UsageError {
            (code, message, causes, fix) = ("usage", error.message, [], error.fix)
            return
        }
        let fault = Fault(wrapping: error)
        var causes: [(String, String)] = []
        var next = fault.cause
        while let cause = next, causes.count < 16 {
            let inner = cause as? UsageError
            let link = Fault(wrapping: cause)
            causes.append((inner == nil ? link.code.name : "usage", inner?.message ?? link.message))
            next = link.cause
        }
        (code, message, fix, self.causes) = (fault.code.name, fault.message, fault.fix, causes)
    }

    /// The lines for stderr, without the last line end.
    func text(_ style: Style) -> String {
        guard !style.isJSON else { return json }
        let (start, end) = style.usesColor ? ("\u{1B}[1;31m", "\u{1B}[0m") : ("", "")
        var lines = ["\(start)Error:\(end) \(Self.clean(message))\(style.showsCodes ? " [\(code)]" : "")"]
        for cause in causes {
            lines.append("  cause: \(Self.clean(cause.message))\(style.showsCodes ? " [\(cause.code)]" : "")")
        }
        if let fix { lines.append("  fix:   \(Self.clean(fix))") }
        return lines.joined(separator: "\n")
    }

    private var json: String {
        let whole = ([message] + causes.map(\.message)).joined(separator: ": ")
        var members: [(String, JSONText)] = [("code", .text(code)), ("message", .text(whole))]
        if let fix { members.append(("fix", .text(fix))) }
        return JSONText.object([("error", .object(members))]).encoded
    }

    /// Messages may quote content from outside; further lines are indented, so that none looks like one of ours.
    private static func clean(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(\.displayable)
            .joined(separator: "\n         ")
    }
}
