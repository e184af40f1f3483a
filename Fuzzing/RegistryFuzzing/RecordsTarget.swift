// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Storage

@testable internal import Registry

/// Reads a registry's records: the input as one record, and as a whole file.
///
/// What has to hold, beyond not crashing and not running on: a record that is taken is written as one that reads the
/// same; a file is read to the same entries after what is torn at its end is cut off; what is appended then is read.
enum RecordsTarget {
    private static let path = "\(Environment.process["TMPDIR"] ?? "/tmp")/sovereign-fuzz-records"

    static func run(_ bytes: [UInt8]) {
        if let record = try? RegistryRecord(parsing: bytes[...]) {
            precondition((try? RegistryRecord(parsing: record.line[...])) == record, "a record changes")
        }
        try? FileSystem.removeFile(path)
        guard (try? FileSystem.write(bytes, to: path)) != nil else { return }
        let before = entries()
        guard let log = try? RecordLog(path) else { return }
        precondition(entries() == before, "cutting what is torn changes what is read")
        guard (try? log.append([Array("added".utf8)])) != nil else { return }
        precondition(entries() == before + [Array("added".utf8)], "what was appended is not read")
        _ = try? log.cutTornLine(behind: 0)
    }

    private static func entries() -> [[UInt8]?] {
        var found: [[UInt8]?] = []
        try? RecordLog.read(path) { entry, _ throws(Fault) in found.append(entry.map { Array($0) }) }
        return found
    }
}
