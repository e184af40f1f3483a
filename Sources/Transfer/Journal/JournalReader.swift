// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import OCI

/// Reads the records of a journal as they come, and keeps what is worth keeping.
///
/// A line that is torn or damaged counts as not written: each record stands for itself, and what it would have spared is
/// found out from the target or moved again. The first record must be a header with the version and the fingerprint
/// that are wanted, or nothing is read.
public struct JournalReader {
    /// The most bytes of a journal that is read.
    public static let sizeLimit: Int64 = 512 * 1024 * 1024
    /// The most records, uploads and contents that are kept.
    static let recordLimit = 4_000_000
    static let uploadLimit = 10_000
    static let contentLimit = 1_000_000
    /// How many states of one upload are kept, the last ones: a registry is behind by no more than is on the way.
    static let stateLimit = 256

    private let fingerprint: Digest
    private var pending: [UInt8] = []
    private var isTooLong = false
    private var unfinished: Int64 = 0
    private var records = 0
    private(set) var contents = JournalContents()
    /// Whether the journal belongs to the transfer; nil as long as no line is complete.
    public private(set) var isWanted: Bool?
    /// How many bytes stand in complete lines.
    public private(set) var whole: Int64 = 0

    /// Reads a journal of the transfer with this fingerprint.
    public init(fingerprint: Digest) { self.fingerprint = fingerprint }

    /// Takes more bytes.
    public mutating func take(_ chunk: Chunk) {
        var rest = chunk
        while let end = rest.firstIndex(of: 0x0A) {
            let piece = rest[..<end]
            whole += unfinished + Int64(piece.count + 1)
            unfinished = 0
            if isTooLong || pending.count + piece.count > JournalRecord.sizeLimit {
                note(nil)
            } else if pending.isEmpty {
                note(JournalRecord(line: piece))
            } else {
                note(JournalRecord(line: pending[...] + piece))
            }
            (pending, isTooLong) = ([], false)
            rest = rest[(end + 1)...]
        }
        unfinished += Int64(rest.count)
        // What is too long is only counted, not kept.
        if isTooLong || pending.count + rest.count > JournalRecord.sizeLimit {
            (pending, isTooLong) = ([], true)
        } else {
            pending += rest
        }
    }

    private mutating func note(_ record: JournalRecord?) {
        guard let isWanted else {
            guard case .header(let version, let found)? = record else { return self.isWanted = false }
            return self.isWanted = version == JournalRecord.version && found == fingerprint
        }
        records += 1
        guard isWanted, records <= Self.recordLimit, let record else { return }
        contents.note(record)
    }
}

/// What a journal says.
struct JournalContents: Sendable {
    struct Upload: Sendable {
        let number: Int64
        var location: String
        var states: [DigestState] = []
    }
    private(set) var uploads: [UploadKey: Upload] = [:]
    private(set) var finished: [String: FinishedContent] = [:]
    private var keys: [Int64: UploadKey] = [:]
    private(set) var lastNumber: Int64 = 0
    /// Whether there is nothing to go on with.
    var isEmpty: Bool { uploads.isEmpty && finished.isEmpty }

    mutating func note(_ record: JournalRecord) {
        switch record {
        case .header: break
        case .session(let number, let key, let location):
            guard number > 0, number < .max, keys[number] == nil || keys[number] == key,
                uploads.count < JournalReader.uploadLimit
            else { return }
            if uploads[key]?.number == number {
                uploads[key]?.location = location
            } else {
                if let old = uploads[key] { keys[old.number] = nil }
                uploads[key] = Upload(number: number, location: location)
            }
            keys[number] = key
            lastNumber = max(lastNumber, number)
        case .state(let number, let state):
            guard let key = keys[number], state.algorithm == key.digest.algorithm else { return }
            // An upload that went back goes on from there.
            uploads[key]?.states.removeAll { $0.offset >= state.offset }
            uploads[key]?.states.append(state)
            if let count = uploads[key]?.states.count, count > JournalReader.stateLimit {
                uploads[key]?.states.removeFirst(count - JournalReader.stateLimit)
            }
        case .end(let number):
            if let key = keys.removeValue(forKey: number) { uploads[key] = nil }
        case .content(let key, let content):
            guard finished.count < JournalReader.contentLimit else { return }
            finished[key] = content
        }
    }
}
