// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@Suite("Writing past the page cache") struct DirectFileWriterTests {
    /// Where the file ends before, how much is added, in pieces of what size.
    static let cases: [(start: Int, count: Int, piece: Int)] = [
        (0, 0, 1), (0, 1, 1), (0, 4096, 4096), (0, 4097, 1000), (1, 4095, 4095), (1, 4096, 5), (4095, 2, 2),
        (5000, 600_000, 70_001), (0, DirectFileWriter.bufferSize, DirectFileWriter.bufferSize),
        (4096, 2 * DirectFileWriter.bufferSize + 17, 300_000), (262_143, 1_000_000, 999_999),
    ]

    @Test(
        "what stands in the file is what was written, wherever it began, also where there is no direct writing",
        arguments: cases, [nil, "/dev/shm"])
    func written(_ sample: (start: Int, count: Int, piece: Int), _ parent: String?) throws {
        let folder = try TemporaryFolder(in: parent)
        let path = "\(folder.path)/file"
        let bytes = (0..<sample.start + sample.count).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        // What stands behind the start is overwritten.
        try FileSystem.write(bytes[..<sample.start] + [UInt8](repeating: 0xff, count: min(sample.count, 9)), to: path)
        var writer = DirectFileWriter(try FileHandle(writingTo: path), at: Int64(sample.start))
        var rest = bytes[sample.start...]
        while !rest.isEmpty {
            try writer.write(rest.prefix(sample.piece))
            rest = rest.dropFirst(sample.piece)
        }
        try writer.finish()
        #expect(try FileHandle(reading: path).read(at: 0, upTo: bytes.count + 1) == bytes)
    }

    @Test("goes on after it has finished")
    func resumed() throws {
        let folder = try TemporaryFolder()
        var writer = DirectFileWriter(try FileHandle(creating: "\(folder.path)/file"))
        for part in [[UInt8](repeating: 1, count: 5000), [UInt8](repeating: 2, count: 9000), [3]] {
            try writer.write(part[...])
            try writer.synchronize()
        }
        let bytes = try FileHandle(reading: "\(folder.path)/file").read(at: 0, upTo: 20_000)
        #expect(bytes == [UInt8](repeating: 1, count: 5000) + [UInt8](repeating: 2, count: 9000) + [3])
    }

    @Test("a full device is named with its way out")
    func full() throws {
        var writer = DirectFileWriter(try FileHandle(writingTo: "/dev/full"))
        let fault = #expect(throws: Fault.self) {
            try writer.write([UInt8](repeating: 1, count: DirectFileWriter.bufferSize)[...])
            try writer.finish()
        }
        #expect(fault?.code == .diskFull)
        #expect(fault?.message.contains("no space left") == true)
        #expect(fault?.fix?.contains("free some space") == true)
    }
}
