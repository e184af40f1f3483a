// SPDX-License-Identifier: Apache-2.0

public import Basics

/// How a reconciliation ended well.
public enum Outcome: Hashable, Sendable {
    /// All is as it is wanted; nothing is done until something changes. The text is what the condition Ready says.
    case done(String)
    /// All is as it is wanted; it is looked at again after a while.
    case requeue(after: Duration, String)
    /// The user has suspended it: its status is left as it is.
    case suspended
    /// It is being deleted, and nothing of ours keeps it any longer.
    case released
}

/// Why a reconciliation did not end well. None of them is worth a stack trace: the driver logs it once.
public enum ReconcileError: Error, Sendable {
    /// Something else has to happen first. A watch tells when; `retryAfter` is for what no watch sees.
    case waiting(String, reason: String, retryAfter: Duration?)
    /// Work goes on that was begun; what was ready stays ready as long as it does.
    case progressing(String, reason: String, retryAfter: Duration?)
    /// It cannot succeed until its specification, or something else a watch sees, changes. `retryAfter` is for what no
    /// watch sees.
    case stalled(Fault, reason: String, retryAfter: Duration? = nil)
    /// It failed and may succeed when it is tried again, which happens later and later.
    case failed(Fault, reason: String)

    /// The reason of the conditions.
    public var reason: String {
        switch self {
        case .waiting(_, let reason, _), .progressing(_, let reason, _), .stalled(_, let reason, _),
            .failed(_, let reason):
            reason
        }
    }

    /// What is said to people: the sentence, the causes, and the way out.
    public var message: String {
        switch self {
        case .waiting(let text, _, _), .progressing(let text, _, _): text
        case .stalled(let fault, _, _), .failed(let fault, _):
            fault.fix.map { "\(fault.description); \($0)" } ?? fault.description
        }
    }
}
