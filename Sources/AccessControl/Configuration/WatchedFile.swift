// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// What a file says, read again when the file changes.
///
/// A file that was removed says nothing any more. One that cannot be read anew, as in the middle of being written,
/// counts as it was until it can; `problem` says so meanwhile.
final class WatchedFile<Content: Sendable>: Sendable {
    typealias Reader = @Sendable ([UInt8], String) throws(Fault) -> Content

    private struct State {
        var content: Content
        var mark: FileMark?
        var problem: Fault?
    }

    let path: String
    private let limit: Int
    private let empty: Content
    private let reader: Reader
    private let state: Guarded<State>

    /// Reads a file that has to be there and right. Nobody but its owner and group may be able to write to it.
    init(_ path: String, limit: Int, empty: Content, reader: @escaping Reader) throws(Fault) {
        (self.path, self.limit, self.empty, self.reader) = (path, limit, empty, reader)
        let mark = FileMark(path)
        state = Guarded(State(content: try Self.read(path, limit, mark, reader), mark: mark))
    }

    private static func read(
        _ path: String, _ limit: Int, _ mark: FileMark?, _ reader: Reader
    ) throws(Fault) -> Content {
        guard (mark?.permissions ?? 0) & 0o002 == 0 else {
            throw Fault(.forbidden, "anybody on this machine may write to \(path)", fix: "chmod o-w \(path)")
        }
        return try reader(FileSystem.read(path, limit: limit), path)
    }

    /// What it said when it was last read.
    var content: Content { state.withLock { $0.content } }
    /// Why it could not be read again.
    var problem: Fault? { state.withLock { $0.problem } }
    /// Whether it is another file than was read; one look at the file system.
    var hasChanged: Bool {
        let mark = FileMark(path)
        return state.withLock { $0.mark != mark }
    }

    /// Reads it again if it is another one; whether it was.
    @discardableResult
    func reload() -> Bool {
        let mark = FileMark(path)
        guard state.withLock({ $0.mark != mark }) else { return false }
        do throws(Fault) {
            let content = mark == nil ? empty : try Self.read(path, limit, mark, reader)
            state.withLock { $0 = State(content: content, mark: mark) }
        } catch {
            // The mark is kept as well: the same damaged file is not read again and again.
            state.withLock { ($0.mark, $0.problem) = (mark, error) }
        }
        return true
    }
}
