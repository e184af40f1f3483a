// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Memory that two processes see, without a name: the other gets it with the descriptor.
///
/// Nothing here keeps the two from writing and reading the same bytes at once: they have to tell one another whose
/// turn it is, in a way that orders memory, as a message through a pipe does.
@safe final class SharedMemory: @unchecked Sendable {
    // `@unchecked`: the address and the size never change, and accesses are ordered by those who share it.
    private let memory: UnsafeMutableRawBufferPointer
    private let file: FileHandle
    /// What a child process has to inherit.
    var descriptor: Int32 { file.descriptor }

    /// Takes new memory of so many bytes, all zero.
    convenience init(size: Int) throws(Fault) {
        let file = try Self.file()
        guard ftruncate(file.descriptor, off_t(size)) == 0 else { throw Fault.system(errno, "take memory to share") }
        try self.init(file, size: size)
    }

    /// A file without a name; in a temporary folder where there is no file system for memory.
    private static func file() throws(Fault) -> FileHandle {
        let name = "/ocm-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        let descriptor = unsafe shm_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            unsafe shm_unlink(name)
            return FileHandle(takingOwnership: descriptor, path: "shared memory")
        }
        let folder = try TemporaryFolder()
        return try FileHandle(creating: "\(folder.path)/shared", mode: 0o600)
    }

    /// Sees memory that another process took.
    convenience init(inherited descriptor: Int32, size: Int) throws(Fault) {
        let own = dup(descriptor)
        guard own >= 0 else { throw Fault.system(errno, "open shared memory") }
        let file = FileHandle(takingOwnership: own, path: "shared memory")
        // Beyond the end of its file a mapping kills who touches it.
        guard try file.size() >= Int64(size) else {
            throw Fault(.invalid, "the shared memory is smaller than it should be")
        }
        try self.init(file, size: size)
    }

    private init(_ file: consuming FileHandle, size: Int) throws(Fault) {
        let address = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw Fault.system(errno, "map shared memory")
        }
        unsafe memory = UnsafeMutableRawBufferPointer(start: address, count: size)
        self.file = file
    }

    deinit { unsafe munmap(memory.baseAddress, memory.count) }

    /// All of it, for as long as this object lives.
    var bytes: UnsafeMutableRawBufferPointer { unsafe memory }
}
