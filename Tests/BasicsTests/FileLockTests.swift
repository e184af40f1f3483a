// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@Suite("Locks and spooled files") struct FileLockTests {
    @Test("one owner at a time, for files and folders", arguments: [true, false])
    func lock(isFolder: Bool) throws {
        let folder = try TemporaryFolder()
        let path = isFolder ? folder.path : "\(folder.path)/file"
        if !isFolder { try FileSystem.write([1], to: path) }
        do {
            let first = try FileLock(path)
            #expect(first != nil)
            #expect(try FileLock(path) == nil)
            #expect(first?.isCurrent == true)
        }
        #expect(try FileLock(path) != nil)
    }

    @Test("notices that the file was replaced")
    func replaced() throws {
        let folder = try TemporaryFolder()
        try FileSystem.write([1], to: "\(folder.path)/file")
        let lock = try #require(try FileLock("\(folder.path)/file"))
        try FileSystem.write([2], to: "\(folder.path)/file")
        #expect(!lock.isCurrent)
        #expect(throws: Fault.self) { try FileLock("\(folder.path)/missing") }
    }

    @Test("a spooled stream can be read anywhere and leaves no name")
    func spooled() async throws {
        let folder = try TemporaryFolder()
        let file = try await SharedFile.spooling(ByteStream([1, 2, 3, 4]), in: folder.path, name: "x.tgz")
        #expect(try FileSystem.names(in: folder.path) == [])
        #expect(file.path == "x.tgz")
        #expect(try file.size() == 4)
        #expect(try await file.stream(1..<3).collect(limit: 10) == [2, 3])
    }
}
