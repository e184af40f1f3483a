// SPDX-License-Identifier: Apache-2.0

public import Basics
public import CEL

extension CompileError {
    /// The error as commands report it: every problem with its line and a caret.
    public var fault: Fault {
        guard problems.count > 1 else { return Fault(.invalid, description) }
        return Fault(.invalid, "there are \(problems.count) problems\n\(description)")
    }
}

extension EvaluationError {
    /// The error as commands report it, with its line and a caret.
    public var fault: Fault {
        switch kind {
        case .cancelled: Fault(.cancelled, message)
        case .budget: Fault(.limitExceeded, description)
        default: Fault(.invalid, description)
        }
    }
}
