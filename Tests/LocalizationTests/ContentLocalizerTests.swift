// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Documents
import Localization
import Testing

@Suite("Localising contents") struct ContentLocalizerTests {
    private static let values = "image:\n  repository: old # keep\n  tag: 1\n"
    private static let changed = "image:\n  repository: registry.example/a/much/longer/name # keep\n  tag: 1\n"

    private func localizer(
        _ pattern: String? = "*/values.yaml", isOptional: Bool = false, limits: ArchiveLimits = .standard
    ) throws -> ContentLocalizer {
        let mapping = MappingLocalizer.Mapping(
            try ValuePath("image.repository"), "registry.example/a/much/longer/name")
        return ContentLocalizer(
            MappingLocalizer([mapping]), files: try pattern.map { try PathPattern($0) }, isOptional: isOptional,
            limits: limits)
    }

    private func run(_ localizer: ContentLocalizer, _ bytes: [UInt8], pieces: Int = 1000) async throws -> [UInt8] {
        let position = Guarded(0)
        let stream = ByteStream {
            position.withLock { position in
                guard position < bytes.count else { return nil }
                defer { position = min(position + pieces, bytes.count) }
                return bytes[position..<min(position + pieces, bytes.count)]
            }
        }
        return try await localizer.localized(stream, source: "the chart").stream.collect(limit: 1 << 26)
    }

    private func tar(_ members: [(TarEntry, String)]) async throws -> [UInt8] {
        try await Tar.stream(
            members.map { entry, text in
                var entry = entry
                entry.size = Int64(text.utf8.count)
                return TarMember(entry: entry, open: { ByteStream(Array(text.utf8)) })
            }
        ).collect(limit: 1 << 26)
    }

    private func file(_ path: String, _ text: String, modified: Int64 = 7) -> (TarEntry, String) {
        (TarEntry(path: path, kind: .file, size: 0, mode: 0o640, userID: 12, groupID: 34, modified: modified), text)
    }

    @Test(
        "a tar keeps its members, their order and every byte but those that change", arguments: [1, 511, 512, 100_000])
    func archive(pieces: Int) async throws {
        let long = String(repeating: "ü/", count: 200) + "x"
        func members(_ values: String) -> [(TarEntry, String)] {
            [
                (TarEntry(path: "app", kind: .folder, size: 0, mode: 0o755), ""), file("app/Chart.yaml", "name: app\n"),
                file(long, "long"), file("app/values.yaml", values), file("app/charts/x/values.yaml", Self.values),
                (TarEntry(path: "app/link", kind: .symbolicLink("values.yaml"), size: 0, mode: 0o777), ""),
                file("app/templates/a.yaml", String(repeating: "{{ x }}\n", count: 1000)),
            ]
        }
        let before = try await tar(members(Self.values)), after = try await tar(members(Self.changed))
        #expect(try await run(localizer(), before, pieces: pieces) == after)
        #expect(try await run(localizer(), after, pieces: pieces) == after, "what is so already keeps its bytes")
        let padded = before + [UInt8](repeating: 0, count: 9000)
        #expect(try await run(localizer(), padded, pieces: pieces) == after + [UInt8](repeating: 0, count: 9000))
    }

    @Test("a compressed tar stays compressed, the same each time")
    func compressed() async throws {
        let before = try await tar([file("a/values.yaml", Self.values)])
        let packed = try await ByteStream(before).gzipped(level: 9).collect(limit: 1 << 20)
        let result = try await run(localizer(), packed)
        #expect(try await run(localizer(), packed, pieces: 7) == result)
        let unpacked = try await ByteStream(result).gunzipped(source: "it").collect(limit: 1 << 20)
        #expect(try await unpacked == tar([file("a/values.yaml", Self.changed)]))
    }

    @Test("a single file needs no pattern", arguments: [nil, "*/values.yaml"])
    func single(pattern: String?) async throws {
        #expect(try await run(localizer(pattern), Array(Self.values.utf8)) == Array(Self.changed.utf8))
        let packed = try await ByteStream(Array(Self.values.utf8)).gzipped().collect(limit: 1 << 20)
        let result = try await run(localizer(pattern), packed)
        #expect(
            try await ByteStream(result).gunzipped(source: "it").collect(limit: 1 << 20) == Array(Self.changed.utf8))
    }

    @Test("a size in an extended header gives way to the one in the header itself")
    func extendedSize() async throws {
        let plain = try await tar([file("a/values.yaml", Self.values)])
        let record = Array("\(Self.values.utf8.count < 100 ? 11 : 12) size=\(Self.values.utf8.count)\n".utf8)
        let comment = Array("15 comment=hey\n".utf8)
        for records in [record, comment + record, record + comment] {
            let member = TarMember(
                entry: TarEntry(path: "x", kind: .file, size: Int64(records.count), mode: 0o644),
                open: { ByteStream(records) })
            var header = Array(try await Tar.stream([member]).collect(limit: 1 << 20).dropLast(1024))
            header[156] = UInt8(ascii: "x")
            for index in 148..<156 { header[index] = 0x20 }
            let sum = String(header[..<512].reduce(0) { $0 + Int($1) }, radix: 8)
            let field = Array((String(repeating: "0", count: 6 - sum.count) + sum + "\0 ").utf8)
            header.replaceSubrange(148..<156, with: field)
            let result = try await run(localizer(), header + plain)
            let reader = TarReader(ByteStream(result), source: "it")
            let entry = try #require(try await reader.next())
            #expect(entry.path == "a/values.yaml" && entry.size == Int64(Self.changed.utf8.count))
            #expect(try await reader.content().collect(limit: 1000) == Array(Self.changed.utf8))
            #expect(try await reader.next() == nil)
        }
    }

    @Test("archives without the file, with links for it, or that lead outside are refused")
    func refusals() async throws {
        func fault(_ members: [(TarEntry, String)], _ localizer: ContentLocalizer) async throws -> Fault? {
            let bytes = try await tar(members)
            do { _ = try await run(localizer, bytes) } catch { return Fault(wrapping: error) }
            return nil
        }
        let other = file("a/b.yaml", Self.values), link = TarEntry.Kind.hardLink("./a/values.yaml")
        let missing = try await fault([other], localizer())
        #expect(missing?.code == .notFound && missing?.message.contains("*/values.yaml") == true)
        #expect(try await fault([other], localizer(isOptional: true)) == nil)
        #expect(try await fault([other], localizer(nil))?.message.contains("'file'") == true)
        let second = (TarEntry(path: "a/z", kind: link, size: 0, mode: 0o644), "")
        #expect(try await fault([file("a/values.yaml", Self.values), second], localizer())?.code == .unsupported)
        let symbolic = (TarEntry(path: "a/values.yaml", kind: .symbolicLink("/etc/passwd"), size: 0, mode: 0o644), "")
        #expect(try await fault([symbolic], localizer())?.code == .unsupported)
        let wrong = try await fault([file("a/values.yaml", "image:\n  name: x\n")], localizer())
        #expect(
            wrong?.message.contains("the chart: a/values.yaml:1:1: there is no “image.repository”") == true, "\(wrong!)"
        )
        var outside = try await tar([file("ab/values.yaml", Self.values)])
        outside.replaceSubrange(0..<2, with: Array("..".utf8))
        await #expect(throws: Fault.self) { try await run(localizer(), outside) }
    }

    @Test("damaged archives and those beyond a limit end with their failure")
    func damaged() async throws {
        let whole = try await tar([file("a/values.yaml", Self.values), file("b", "text")])
        let packed = try await ByteStream(whole).gzipped().collect(limit: 1 << 20)
        for bytes in [Array(whole.dropLast(1024)), Array(whole.prefix(1500)), Array(packed.dropLast(3)), whole + [1]] {
            await #expect(throws: Fault.self) { try await run(localizer(), bytes) }
        }
        var limits = ArchiveLimits()
        (limits.entries, limits.totalSize) = (1, 1000)
        for bytes in [whole, packed] {
            do {
                _ = try await run(localizer(limits: limits), bytes)
                Issue.record("a limit was not kept")
            } catch { #expect(Fault(wrapping: error).code == .limitExceeded) }
        }
        let zeros = [UInt8](repeating: 0, count: 64 << 20)
        let bomb = try await ByteStream(zeros).gzipped(level: 9).collect(limit: 1 << 26)
        await #expect(throws: Fault.self) { try await run(localizer(), bomb) }
        let large = try await tar([file("a/values.yaml", "a: " + String(repeating: "x", count: 17 << 20))])
        await #expect(throws: Fault.self) { try await run(localizer(), large, pieces: 1 << 18) }
    }
}
