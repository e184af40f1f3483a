// SPDX-License-Identifier: Apache-2.0

/// An expression whose author means to use up time or memory, and how it has to end.
public struct HostileExpression: Sendable, CustomStringConvertible {
    /// How it ends.
    public enum End: Sendable {
        /// It does not compile; the message holds this text.
        case refused(String)
        /// It compiles and then uses up its steps or bytes.
        case exhausted
        /// It fails with a message that holds this text, or with a value whose literal does.
        case cheap(String)
    }

    /// What it tries, in a few words.
    public let name: String
    /// Whose libraries it uses.
    public let profile: String
    /// The expression.
    public let text: String
    /// Whether it is checked before it runs.
    public let isChecked: Bool
    /// How it has to end.
    public let end: End
    /// The most steps that it may take, where it is cheap.
    public let steps: Int

    init(
        _ name: String, _ text: String, _ end: End, profile: String = "kro", isChecked: Bool = true,
        steps: Int = 2_000_000
    ) {
        (self.name, self.text, self.end) = (name, text, end)
        (self.profile, self.isChecked, self.steps) = (profile, isChecked, steps)
    }

    public var description: String { name }

    /// All of them.
    public static var all: [HostileExpression] { texts + loops + values + calls + types }

    // MARK: Texts

    /// An expression in `count` pairs of brackets.
    public static func nested(_ open: String, _ count: Int, _ middle: String, _ close: String) -> String {
        String(repeating: open, count: count) + middle + String(repeating: close, count: count)
    }

    /// Names, each bound to something that is made of the one before it: `a1` of `a0`, and so on.
    static func bound(_ count: Int, first: String, _ next: (String) -> String, body: (String) -> String) -> String {
        var text = "cel.bind(a0, \(first), "
        for index in 1...count { text += "cel.bind(a\(index), \(next("a\(index - 1)")), " }
        return text + body("a\(count)") + String(repeating: ")", count: count + 1)
    }

    /// An expression, `count` times with commas between.
    static func repeated(_ text: String, _ count: Int, separator: String = ",") -> String {
        String(repeating: text + separator, count: count - 1) + text
    }
}
