// SPDX-License-Identifier: Apache-2.0

public import Archives
public import Basics
internal import Documents

/// Changes files in a tar, in a compressed tar, or a single YAML or JSON file, as the bytes pass.
///
/// A tar stays a tar and keeps every byte but those of the files that change; what was compressed is compressed again,
/// always in the same way.
public struct ContentLocalizer: Sendable {
    private let localizer: any FileLocalizer
    private let files: [PathPattern]
    private let isOptional: Bool
    private let limits: ArchiveLimits

    /// The most bytes of a file that is changed.
    public static let fileLimit = DocumentEditor.limits.bytes

    /// Changes files.
    ///
    /// - Parameters:
    ///   - files: which files of an archive; nil for those that the localizer is for.
    ///   - isOptional: whether it is no mistake that an archive has no such file.
    public init(
        _ localizer: any FileLocalizer, files: PathPattern? = nil, isOptional: Bool = false,
        limits: ArchiveLimits = .standard
    ) {
        (self.localizer, self.isOptional, self.limits) = (localizer, isOptional, limits)
        self.files = files.map { [$0] } ?? []
    }

    /// The new content, and what is known of it when it has been read to its end.
    ///
    /// The stream fails before its end when a file cannot be changed, when no file or no image was found, and when the
    /// content is damaged or exceeds a limit.
    public func localized(
        _ stream: ByteStream, source: String
    ) async throws -> (stream: ByteStream, report: LocalizationReport) {
        let report = LocalizationReport()
        let (prefix, content) = try await stream.peeked(512)
        guard Gzip.isGzip(prefix) else {
            return (try await expanded(content, prefix, source: source, report), report)
        }
        let (inner, rest) = try await content.gunzipped(source: source, limits: limits).peeked(512)
        return (try await expanded(rest, inner, source: source, report).gzipped(), report)
    }

    /// Content that is not compressed.
    private func expanded(
        _ stream: ByteStream, _ prefix: Chunk, source: String, _ report: LocalizationReport
    ) async throws -> ByteStream {
        guard Tar.isTar(prefix) else {
            let bytes = try await stream.collect(limit: Self.fileLimit, of: source)
            let changed = try localized(bytes, name: source, path: source, report)
            try localizer.check(used: report.used)
            return ByteStream(changed)
        }
        let patterns = files.isEmpty ? localizer.defaultFiles : files
        guard !patterns.isEmpty else {
            throw Fault(
                .invalid, "\(source) is an archive, and 'file' does not say which of its files to change",
                fix: "name them with 'file', such as */values.yaml")
        }
        let rewritten = Tar.rewriting(stream, source: source, limits: limits, contentLimit: Self.fileLimit) {
            entry throws(Fault) in
            try replacement(of: entry, patterns, source: source, report)
        }
        return ByteStream {
            if let chunk = try await rewritten.next() { return chunk }
            try check(report, patterns, source: source)
            return nil
        }
    }

    private func replacement(
        of entry: TarEntry, _ patterns: [PathPattern], source: String, _ report: LocalizationReport
    ) throws(Fault) -> Tar.Replacement? {
        if case .hardLink(let target) = entry.kind, report.hasChanged(target) {
            throw link(entry, source)
        }
        guard patterns.contains(where: { $0.matches(entry.path) }) else { return nil }
        switch entry.kind {
        case .file:
            return { content throws(Fault) in
                try localized(content, name: "\(source): \(entry.path)", path: entry.path, report)
            }
        case .symbolicLink where !files.isEmpty: throw link(entry, source)
        case .hardLink: throw link(entry, source)
        default: return nil
        }
    }

    private func localized(
        _ bytes: [UInt8], name: String, path: String, _ report: LocalizationReport
    ) throws(Fault) -> [UInt8] {
        var editor = try DocumentEditor(bytes, source: name)
        let used = try localizer.localize(&editor)
        let changed = try editor.finish()
        report.note(path, hasChanged: changed != bytes, used: used)
        return changed
    }

    private func check(_ report: LocalizationReport, _ patterns: [PathPattern], source: String) throws(Fault) {
        guard report.files.isEmpty else { return try localizer.check(used: report.used) }
        guard !isOptional else { return }
        let names = patterns.map { "“\($0)”" }.joined(separator: " or ")
        throw Fault(.notFound, "\(source) has no file \(names)", fix: "correct 'file', or set 'optional: true'")
    }

    private func link(_ entry: TarEntry, _ source: String) -> Fault {
        Fault(
            .unsupported, "\(source): “\(entry.path)” is a link, and what it stands for would change under two names",
            fix: "name the file itself, or pack the archive without links")
    }
}

/// What was done to the files of a content.
public final class LocalizationReport: Sendable {
    private struct State: Sendable {
        var files: [String] = []
        var changed: Set<String> = []
        var used: Set<Int> = []
    }
    private let state = Guarded(State())

    /// The files that were looked at, in their order.
    public var files: [String] { state.withLock { $0.files } }
    /// Those of them that have other bytes now.
    public var changedFiles: [String] { state.withLock { state in state.files.filter { state.changed.contains($0) } } }

    var used: Set<Int> { state.withLock { $0.used } }

    func hasChanged(_ target: String) -> Bool {
        let path = target.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
        return state.withLock { $0.changed.contains(path) }
    }

    func note(_ path: String, hasChanged: Bool, used: Set<Int>) {
        state.withLock { state in
            state.files.append(path)
            if hasChanged { state.changed.insert(path) }
            state.used.formUnion(used)
        }
    }
}

extension ByteStream {
    /// The first bytes, at least `count` if there are so many, and the whole content.
    fileprivate func peeked(_ count: Int) async throws -> (prefix: Chunk, content: ByteStream) {
        var prefix: [UInt8] = []
        while prefix.count < count, let chunk = try await next() { prefix += chunk }
        let (held, rest) = (prefix, self)
        return (held[...], .concatenating([{ ByteStream(held) }, { rest }]))
    }
}
