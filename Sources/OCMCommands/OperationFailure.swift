// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Orchestration

extension OperationEvent {
    /// What progress tells of an attempt that failed; nil for everything else.
    var failure: ProgressEvent? {
        switch self {
        case .retrying(let id, let attempt, let fault):
            .failed(id: id, ProgressFailure(fault, attempt: attempt, isFinal: false))
        case .failed(let id, let attempt, let fault): .failed(id: id, ProgressFailure(fault, attempt: attempt))
        case .started, .finished, .skipped: nil
        }
    }
}
