// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// A file of whole lines that gives way to a new one when it is large; a bounded number of old ones stays beside it as
/// `FILE.1` (the newest), `FILE.2` and so on. For its owner only; never a link.
final class AuditFile: Sendable {
    private final class Open: Sendable {
        let file: FileHandle

        init(_ path: String) throws(Fault) {
            file = try FileHandle(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, "write to", 0o600)
        }
    }
    private struct State {
        var open: Open?
        var size: Int64 = 0
        /// Whether the last line has no end: the next one must not seem to be one.
        var isTorn = false
    }
    private let path: String
    private let fileBytes: Int64
    private let files: Int
    private let state = Guarded(State())

    /// Opens it, going on behind what is there.
    ///
    /// - Parameters:
    ///   - fileBytes: how large it may be.
    ///   - files: how many there may be, with the one that is written.
    init(_ path: String, fileBytes: Int64, files: Int) throws(Fault) {
        (self.path, self.fileBytes, self.files) = (path, max(1, fileBytes), max(1, files))
        if let entry = try FileSystem.entry(at: path, followLinks: false), entry.kind != .file {
            throw Fault(.invalid, "\(path) is no file that records can be written to", fix: "choose another path")
        }
        try state.withLock { state throws(Fault) in try open(&state) }
        // Of an earlier, longer series.
        var number = self.files
        while FileSystem.exists("\(path).\(number)") {
            try FileSystem.removeFile("\(path).\(number)")
            number += 1
        }
    }

    private func open(_ state: inout State) throws(Fault) {
        let opened = try Open(path)
        state.size = try opened.file.size()
        state.isTorn = false
        if state.size > 0 { state.isTorn = try opened.file.read(at: state.size - 1, upTo: 1) != [0x0A] }
        state.open = opened
    }

    /// Appends lines. After an error some of them may be there, the last one in part.
    func write(_ lines: [UInt8]) throws(Fault) {
        try state.withLock { state throws(Fault) in
            if state.open == nil { try open(&state) }
            if state.size > 0, state.size + Int64(lines.count) > fileBytes {
                try rotate(&state)
                try open(&state)
            }
            guard let open = state.open else { return }
            do throws(Fault) {
                try open.file.write(((state.isTorn ? [0x0A] : []) + lines)[...])
                state.size += Int64(lines.count) + (state.isTorn ? 1 : 0)
                state.isTorn = false
            } catch {
                state.size = (try? open.file.size()) ?? state.size
                state.isTorn = true
                throw error
            }
        }
    }

    private func rotate(_ state: inout State) throws(Fault) {
        state.open = nil
        guard files > 1 else { return try FileSystem.removeFile(path) }
        for number in stride(from: files - 2, through: 1, by: -1) where FileSystem.exists("\(path).\(number)") {
            try FileSystem.rename("\(path).\(number)", to: "\(path).\(number + 1)")
        }
        try FileSystem.rename(path, to: "\(path).1")
    }
}
