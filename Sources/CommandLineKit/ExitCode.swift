// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// What the program's exit code says.
public enum ExitCode: Int32, Sendable, CaseIterable {
    /// Done.
    case done = 0
    /// Failed.
    case failed = 1
    /// Called wrongly.
    case usage = 2
    /// Verification failed.
    case verification = 3
    /// Credentials are needed or were refused.
    case credentials = 4
    /// Partly done.
    case partial = 5
    /// Interrupted.
    case interrupted = 130

    /// What it means, for help.
    public var meaning: String {
        switch self {
        case .done: "done"
        case .failed: "failed"
        case .usage: "called wrongly; nothing was done"
        case .verification: "verification failed, or content is not what its digest says"
        case .credentials: "credentials are needed, or were refused"
        case .partial: "partly done; run the same command again"
        case .interrupted: "interrupted"
        }
    }

    /// The code for an error.
    init(_ error: any Error) {
        switch error {
        case is UsageError: self = .usage
        case is CancellationError: self = .interrupted
        case let fault as Fault:
            switch fault.code {
            case .mismatch, .unverified: self = .verification
            case .unauthorized, .forbidden: self = .credentials
            case .partial: self = .partial
            case .cancelled: self = .interrupted
            default: self = .failed
            }
        default: self = .failed
        }
    }
}

/// How an error looks. The only place that decides it.
struct ErrorReport {
    let error: any Error
    let isVerbose: Bool

    var text: String {
        guard let fault = error as? Fault else { return "Error: \(error)\n" }
        var lines = ["Error: \(fault.message)\(isVerbose ? " [\(fault.code)]" : "")"]
        var cause = fault.cause
        while let current = cause {
            if let inner = current as? Fault {
                lines.append("  cause: \(inner.message)\(isVerbose ? " [\(inner.code)]" : "")")
                cause = inner.cause
            } else {
                lines.append("  cause: \(current)")
                cause = nil
            }
        }
        if let fix = fault.fix { lines.append("  fix:   \(fix)") }
        return lines.joined(separator: "\n") + "\n"
    }
}
