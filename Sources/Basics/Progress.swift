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
    /// The item failed.
    case failed(id: String, message: String)
    /// A line worth reading that is no failure.
    case warning(String)
}

/// Where progress events go; called from any thread, returns at once.
public typealias ProgressObserver = @Sendable (ProgressEvent) -> Void
