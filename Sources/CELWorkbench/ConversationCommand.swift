// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// What a line of a conversation can ask for besides a value.
enum ConversationCommand: String, CaseIterable {
    case `let`, type, refs, vars, unset, unknown, load, profile, functions, help, quit

    /// The command of this name, or of the only name that begins so.
    static func named(_ word: String) throws(Fault) -> ConversationCommand {
        if let command = Self(rawValue: word) { return command }
        let candidates = word.isEmpty ? [] : allCases.filter { $0.rawValue.hasPrefix(word) }
        if candidates.count == 1 { return candidates[0] }
        let near = Spelling.nearest(to: word, among: allCases.map(\.rawValue))
        throw Fault(
            .invalid, "there is no command “:\(word)”",
            fix: near.map { "did you mean :\($0)?" } ?? ":help lists the commands")
    }

    private var line: (form: String, meaning: String) {
        switch self {
        case .let: (":let x = EXPR", "make the value of an expression a variable")
        case .type: (":type EXPR", "the type, checked against what the variables hold")
        case .refs: (":refs EXPR", "which variables, and which parts of them, are read")
        case .vars: (":vars", "the variables")
        case .unset: (":unset x", "forget a variable")
        case .unknown: (":unknown [PATH]", "treat a part of a variable as not known yet; without it, nothing")
        case .load: (":load FILE [as x]", "make the members of a document variables, or all of it one")
        case .profile: (":profile [NAME]", "choose whose expressions these are, or list whose they can be")
        case .functions: (":functions [TEXT]", "functions and macros whose signatures contain a text")
        case .help: (":help", "this text")
        case .quit: (":quit", "end; Ctrl-D does too")
        }
    }

    static var explanation: String {
        let lines = allCases.map(\.line)
        let column = lines.map(\.form.count).max() ?? 0
        let list = lines.map { line in
            line.form + String(repeating: " ", count: column - line.form.count + 2) + line.meaning
        }
        return "An expression shows its value. Tab completes names. A line that begins with // is skipped.\n"
            + list.joined(separator: "\n")
    }
}
