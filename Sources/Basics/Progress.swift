// SPDX-License-Identifier: Apache-2.0

/// What long work tells about itself. It knows no terminal; a rendering decides what to show.
public enum ProgressEvent: Sendable {
    /// The whole size, once it is known: how many items, and how many bytes they have.
    case planned(items: Int, bytes: Int64, text: String)
    /// An item begins; `bytes` is its size, if known. `id` is unique within the work.
    case started(id: String, name: String, bytes: Int64?)
    /// So many more bytes of the item are through.
    case moved(id: String, bytes: Int64)
    /// The item was there already.
    case skipped(id: String, name: String, reason: String)
    /// The item is done.
    case finished(id: String)
    /// An attempt at the item failed; the item itself did when no other attempt follows.
    case failed(id: String, ProgressFailure)
    /// A line worth reading that is no failure.
    case warning(String)
    /// A line that tells what goes on.
    case note(String)
}

/// Why an attempt failed.
public struct ProgressFailure: Sendable {
    /// The number of the attempt, from 1.
    public let attempt: Int
    /// What went wrong, with its causes and what helps.
    public let fault: Fault
    /// Whether no other attempt follows.
    public let isFinal: Bool

    /// Describes a failure.
    public init(_ fault: Fault, attempt: Int = 1, isFinal: Bool = true) {
        (self.fault, self.attempt, self.isFinal) = (fault, attempt, isFinal)
    }
}

/// Where progress events go; called from any thread, returns at once.
public typealias ProgressObserver = @Sendable (ProgressEvent) -> Void
