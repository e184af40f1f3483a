// SPDX-License-Identifier: Apache-2.0

/// How much a line matters.
public enum LogLevel: Int, Sendable, Comparable, CaseIterable, CustomStringConvertible {
    /// For who looks for a fault in the program.
    case debug
    /// What happened, as intended.
    case info
    /// What somebody should look at before it becomes an error.
    case warn
    /// What went wrong.
    case error

    /// `debug`, `info`, `warn`, `error`.
    public var description: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warn: "warn"
        case .error: "error"
        }
    }

    /// A level by its name in any case; nil for other words. `warning` is `warn`.
    public init?(name: String) {
        let name = name.lowercased()
        guard let level = Self.allCases.first(where: { $0.description == name }) ?? (name == "warning" ? .warn : nil)
        else { return nil }
        self = level
    }

    /// Lesser levels come first.
    public static func < (a: LogLevel, b: LogLevel) -> Bool { a.rawValue < b.rawValue }
}

/// How lines are written.
public enum LogFormat: String, Sendable, CaseIterable {
    /// One JSON object a line: `{"time":"…","level":"info","message":"…","name":"value"}`.
    case json
    /// For people: `2026-01-02T03:04:05.678Z INFO message name=value`.
    case text
}
