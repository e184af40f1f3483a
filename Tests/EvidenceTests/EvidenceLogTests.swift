// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Evidence
import Testing

@Suite("Logs of evidence") struct EvidenceLogTests {
    @Test("a run leaves one line for each event, chained by hashes over the canonical JSON")
    func chain() throws {
        let log = try SampleLog()
        let last = try log.writeRun()
        let lines = try log.lines()
        #expect(lines.count == SampleLog.events.count + 2)
        var previous: JSON = .null
        for (index, line) in lines.enumerated() {
            var json = try JSON(parsing: line, source: "a line")
            #expect(try json.canonical() + [0x0A] == line)
            #expect(json["sequence"]?.int == Int64(index + 1) && json["previous"] == previous)
            #expect(json["time"] == "2023-11-14T22:13:20Z")
            previous = try #require(json["hash"])
            json["hash"] = nil
            #expect(try previous == .string(Digest(of: json.canonical()).description))
        }
        let summary = try log.verify()
        #expect(summary.entries == Int64(lines.count) && summary.runs == 1 && summary.interruptions == 0)
        #expect(summary.lastHash == last && summary.signer == nil && !summary.isSignatureVerified)
        let counts = try JSON(parsing: lines[lines.count - 1], source: "the end")["data"]?["counts"]
        #expect(counts?["content-moved"] == 1 && counts?["content-spared"] == 1 && counts?["opened"] == nil)
    }

    @Test("a second run goes on from the hash of the first, and no byte of the first changes")
    func appending() throws {
        let log = try SampleLog()
        let last = try log.writeRun()
        let before = try log.bytes()
        try log.writeRun()
        #expect(try log.bytes().starts(with: before))
        let opened = try JSON(parsing: log.lines()[SampleLog.events.count + 2], source: "a line")
        #expect(opened["event"] == "opened" && opened["previous"] == .string(last.description))
        #expect(try log.verify().runs == 2)
        #expect(log.fault(noted: last) == nil)
        #expect(log.fault(noted: SampleLog.digest)?.code == .unverified)
    }

    @Test("a log that a kill cut at any byte is recognised, and goes on without losing a byte")
    func killed() throws {
        let whole = try SampleLog()
        let log = try whole.open()
        try log.record(SampleLog.events[0])
        try log.close()
        let bytes = try whole.bytes()
        let ends = [0, bytes.count] + bytes.indices.filter { bytes[$0] == 0x0A }
        let places = Set(ends.flatMap { $0 - 2...$0 + 2 } + stride(from: 0, to: bytes.count, by: 29))
        for count in places.sorted() where (0...bytes.count).contains(count) {
            let cut = try SampleLog()
            try FileSystem.write(Array(bytes.prefix(count)), to: cut.path)
            let fault = cut.fault()
            if count < bytes.count {
                #expect(fault?.code == .corrupt && fault?.message.contains("truncated") == true, "cut at \(count)")
            }
            try cut.writeRun(key: SampleLog.key)
            #expect(try cut.bytes().starts(with: bytes.prefix(count)))
            let summary = try cut.verify(key: SampleLog.key.publicKey)
            // Cut before its first byte, behind its end or at the line end of its last entry, nothing is missing.
            #expect(summary.interruptions == (count == 0 || count >= bytes.count - 1 ? 0 : 1), "cut at \(count)")
            // Killed once more, right behind the entry that says so.
            guard summary.interruptions == 1 else { continue }
            let lines = try cut.lines()
            let place = try #require(lines.firstIndex { String(decoding: $0, as: UTF8.self).contains("recovered") })
            try cut.write(Array(lines[...place]))
            try cut.writeRun()
            #expect(try cut.verify().interruptions == 1)
        }
    }

    @Test("a run does not append to what is no whole log")
    func broken() throws {
        let log = try SampleLog()
        try log.writeRun()
        var lines = try log.lines()
        lines.remove(at: 3)
        try log.write(lines)
        #expect(throws: Fault.self) { try log.open() }
        #expect(try log.lines() == lines)
        try log.write([Array("a diary\n".utf8)])
        #expect(throws: Fault.self) { try log.open() }
        #expect(throws: Fault.self) {
            try EvidenceLog(appendingTo: log.folder.path, run: SampleLog.run)
        }
    }

    @Test("one run writes at a time")
    func oneWriter() throws {
        let log = try SampleLog()
        let first = try log.open()
        do throws(Fault) {
            _ = try EvidenceLog(appendingTo: log.path, run: SampleLog.run)
            Issue.record("two runs write at once")
        } catch { #expect(error.code == .conflict) }
        try first.close()
    }

    @Test("entries of many tasks have one order")
    func concurrent() async throws {
        let log = try SampleLog()
        let evidence = try log.open()
        try await Array(0..<200).forEachConcurrently(limit: 8) { number in
            try evidence.record(.operationFinished("number \(number)"))
        }
        try evidence.close()
        #expect(try log.verify().entries == 202)
    }

    @Test("once a write failed, all that follow do, and a closed log takes nothing")
    func failing() throws {
        let log = try SampleLog()
        var limits = EvidenceLimits()
        limits.lineLength = 2000
        let evidence = try log.open(limits: limits)
        let long = EvidenceEvent.operationFailed("x", reason: String(repeating: "y", count: 3000))
        for event in [long, SampleLog.events[0]] {
            do throws(Fault) {
                try evidence.observer(event)
                Issue.record("it was written")
            } catch { #expect(error.code == .limitExceeded && error.message.contains("no evidence can be kept")) }
        }
        #expect(throws: Fault.self) { try evidence.close() }
        let other = try SampleLog(), closed = try other.open()
        try closed.close()
        #expect(throws: Fault.self) { try closed.record(SampleLog.events[0]) }
    }

    @Test(
        "secrets do not reach the log",
        arguments: [
            ("https://user:secret@host:5000/path?token=secret#secret", "https://host:5000/path"),
            ("“https://secret@host/a”, then http://b?secret.", "“https://host/a”, then http://b"),
            ("https://user:sec/secret@host/a", "https://host/a"), ("user:secret@host/a", "host/a"),
            ("a@b:secret@host/a", "host/a"), (#"{"url":"https://u:secret@h/p"}"#, #"{"url":"https://h/p"}"#),
            ("ghcr.io/acme//acme.org/app:1.0.0@sha256:ab", "ghcr.io/acme//acme.org/app:1.0.0@sha256:ab"),
            ("app:1.0@sha256:ab", "app:1.0@sha256:ab"), ("https://h/app:1@sha256:ab?x", "https://h/app:1@sha256:ab"),
            ("cannot open ./a: no such file", "cannot open ./a: no such file"),
        ])
    func secrets(text: String, redacted: String) throws {
        let log = try SampleLog()
        let evidence = try log.open()
        try evidence.record(
            .contentRefused(SampleLog.subject, digest: nil, from: text, to: "b", reason: "it is “\(text)”"))
        try evidence.close(failure: text)
        let lines = try log.lines()
        let refused = try JSON(parsing: lines[1], source: "a line")["data"]
        #expect(refused?["from"]?.string == redacted && refused?["reason"]?.string == "it is “\(redacted)”")
        #expect(try JSON(parsing: lines[2], source: "a line")["data"]?["reason"]?.string == redacted)
        #expect(!String(decoding: try log.bytes(), as: UTF8.self).contains("secret"))
    }
}
