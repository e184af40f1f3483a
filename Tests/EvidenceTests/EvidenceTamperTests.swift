// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Evidence
import TestInputs
import Testing

@Suite("Logs that were changed") struct EvidenceTamperTests {
    /// What somebody does to the line of one kind of entry; nil where it cannot be done to that line.
    struct Tampering: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let damage: String
        let change: @Sendable (_ lines: inout [[UInt8]], _ index: Int) -> Int?

        static let all: [Tampering] = [
            Tampering(testDescription: "a byte of its data is another one", damage: "altered") { lines, index in
                let place = lines[index].firstIndex(of: UInt8(ascii: ":"))! + 3
                lines[index][place] ^= 1
                return index
            },
            Tampering(testDescription: "its time is another one", damage: "altered") { lines, index in
                lines[index] = text(lines[index]) { $0.replacing("2023-11-14", with: "2023-11-15") }
                return index
            },
            Tampering(testDescription: "its data are others, and its hash fits", damage: "altered") { lines, index in
                guard index + 1 < lines.count else { return nil }
                lines[index] = rebuilt(lines[index]) { $0["data"]?["note"] = "x" }
                // The format and the counts of a run are looked at before the next line is.
                return index
            },
            Tampering(testDescription: "it is written with a space", damage: "altered") { lines, index in
                lines[index].insert(0x20, at: 1)
                return index
            },
            Tampering(testDescription: "it is not there", damage: "removed") { lines, index in
                guard index + 1 < lines.count else { return nil }
                lines.remove(at: index)
                return index
            },
            Tampering(testDescription: "it is there twice", damage: "inserted") { lines, index in
                lines.insert(lines[index], at: index)
                return index + 1
            },
            Tampering(testDescription: "a forged one stands before it", damage: "inserted") { lines, index in
                guard index > 0 else { return nil }
                lines.insert(
                    rebuilt(lines[index]) {
                        $0["event"] = "operation-finished"
                        $0["data"] = ["operation": "forged"]
                    }, at: index)
                return index
            },
            Tampering(testDescription: "a line of rubbish stands before it", damage: "inserted") { lines, index in
                lines.insert(Array("rubbish\n".utf8), at: index)
                return index
            },
            Tampering(testDescription: "it and the next are exchanged", damage: "reordered") { lines, index in
                guard index + 1 < lines.count else { return nil }
                lines.swapAt(index, index + 1)
                return index
            },
            Tampering(testDescription: "it stands at the end", damage: "reordered") { lines, index in
                guard index + 2 < lines.count else { return nil }
                lines.append(lines.remove(at: index))
                return index
            },
            Tampering(testDescription: "it and all behind it are gone", damage: "truncated") { lines, index in
                lines.removeSubrange(index...)
                return index - 1
            },
            Tampering(testDescription: "its second half and all behind it are gone", damage: "truncated") {
                lines, index in
                lines.removeSubrange((index + 1)...)
                lines[index].removeLast(lines[index].count / 2)
                return index
            },
        ]

        private static func text(_ line: [UInt8], _ change: (String) -> String) -> [UInt8] {
            Array(change(String(decoding: line, as: UTF8.self)).utf8)
        }

        /// The line with other members and the hash that fits them.
        private static func rebuilt(_ line: [UInt8], _ change: (inout JSON) -> Void) -> [UInt8] {
            guard var json = try? JSON(parsing: line, source: "a line") else { return line }
            change(&json)
            json["hash"] = nil
            guard let bytes = try? json.canonical() else { return line }
            json["hash"] = .string(Digest(of: bytes).description)
            return ((try? json.canonical()) ?? []) + [0x0A]
        }
    }

    @Test("names the line and what happened to it, for each kind of entry", arguments: Tampering.all)
    func matrix(tampering: Tampering) throws {
        let log = try SampleLog()
        try log.writeRun(key: SampleLog.key)
        let original = try log.lines()
        var tried = 0
        for index in original.indices {
            var lines = original
            guard let place = tampering.change(&lines, index) else { continue }
            tried += 1
            try log.write(lines)
            let event = (try? JSON(parsing: original[index], source: "it"))?["event"]?.string ?? ""
            for key in [nil, SampleLog.key.publicKey] {
                let fault = log.fault(key: key)
                #expect(fault?.code == .corrupt, "\(event): \(fault?.message ?? "it verifies")")
                let message = fault?.message ?? ""
                #expect(message.contains(tampering.damage), "\(event): \(message)")
                #expect("\(message) ".replacing(":", with: " ").contains("line \(place + 1) "), "\(event): \(message)")
            }
        }
        #expect(tried >= SampleLog.events.count)
    }

    @Test("with a key, the end must be signed with it")
    func signatures() throws {
        let key = SampleLog.key.publicKey, other = SampleLog.otherKey.publicKey
        let signed = try SampleLog(), unsigned = try SampleLog()
        try signed.writeRun(key: SampleLog.key)
        try unsigned.writeRun()
        #expect(try signed.verify(key: key).isSignatureVerified)
        #expect(try signed.verify().signer == key.fingerprint)
        #expect(signed.fault(key: other)?.code == .unverified)
        #expect(unsigned.fault(key: key)?.code == .unverified)
        // A run that another key signed, behind ours: the end is not ours any more.
        try signed.writeRun(key: SampleLog.otherKey)
        #expect(try signed.verify(key: other).runs == 2)
        #expect(signed.fault(key: key)?.code == .unverified)
    }

    @Test("a log written anew under another's signature is refused with the key")
    func rewritten() throws {
        let key = SampleLog.key.publicKey
        let ours = try SampleLog(), theirs = try SampleLog()
        try ours.writeRun(key: SampleLog.key)
        try theirs.writeRun()
        let end = try #require(try ours.lines().last)
        let signature = try #require(try JSON(parsing: end, source: "the end")["data"]?["signature"])
        // The forger has no key, and takes the signature of the true log.
        var lines = try theirs.lines()
        lines.remove(at: 2)
        var previous: JSON = .null
        for index in lines.indices {
            var json = try JSON(parsing: lines[index], source: "a line")
            json["sequence"] = .number(JSONNumber(Int64(index + 1)))
            json["previous"] = previous
            if index == lines.count - 1 {
                json["data"]?["signature"] = signature
                json["data"]?["counts"]?["signature-refused"] = nil
            }
            json["hash"] = nil
            previous = .string(Digest(of: try json.canonical()).description)
            json["hash"] = previous
            lines[index] = try json.canonical() + [0x0A]
        }
        try theirs.write(lines)
        #expect(theirs.fault() == nil)
        #expect(theirs.fault(key: key)?.code == .unverified)
    }

    @Test("no damage at all goes unseen", arguments: [1, 2, 3] as [UInt64])
    func mutations(seed: UInt64) throws {
        let log = try SampleLog()
        try log.writeRun(key: SampleLog.key)
        let original = try log.bytes()
        let tokens = ["\n", "\"", "{", "}", ",", ":", "null", "1", "opened", "closed", "sha256:", "\\u0000", "é"]
        var mutator = ByteMutator(samples: [original], tokens: tokens, seed: seed)
        for round in 0..<700 {
            let bytes = mutator.next()
            try FileSystem.write(bytes, to: log.path)
            let fault = log.fault(key: SampleLog.key.publicKey)
            #expect((fault == nil) == (bytes == original), "round \(round)")
            if let fault { #expect([.corrupt, .unverified].contains(fault.code), "round \(round): \(fault)") }
        }
    }

    @Test("a line without end and a log of too many lines are refused within the limits")
    func limits() throws {
        let log = try SampleLog()
        try log.writeRun()
        var limits = EvidenceLimits()
        limits.lines = 3
        #expect(throws: Fault.self) { try EvidenceVerifier(log.path, limits: limits).verify() }
        try log.write(try log.lines() + [[UInt8](repeating: UInt8(ascii: "x"), count: 3 << 20)])
        let fault = log.fault()
        #expect(fault?.code == .corrupt && fault?.message.contains("longer than") == true)
    }
}
