// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A program that runs beside this one and talks through its standard input and output.
///
/// It is not killed with its owner, however that ends: it meets the end of its input, and has to end by itself. It runs
/// in a process group of its own, so that signals of a terminal pass it by; what it writes to standard error is dropped.
/// All calls block: for threads of our own.
public final class PipedProgram: Sendable {
    private let pid: pid_t
    private let input: FileHandle
    private let output: FileHandle
    /// How much a pipe shall hold; the most that Linux allows everybody.
    private static let capacity: Int32 = 1024 * 1024
    /// F_SETPIPE_SZ of fcntl(2), which the module of the C library leaves out.
    private static let setPipeSize: Int32 = 1031

    /// Starts `arguments[0]`.
    ///
    /// - Parameter inherited: become its descriptors 3 and up, with the locks that are held on them.
    public init(
        _ arguments: [String], inheriting inherited: [Int32], environment: Environment = .process
    ) throws(Fault) {
        Self.blockBrokenPipeSignal()
        let inputs = try Pipe(), outputs = try Pipe()
        let nowhere = try FileHandle(writingTo: "/dev/null")
        _ = fcntl(inputs.writing.descriptor, Self.setPipeSize, Self.capacity)
        pid = try ChildSpawn.one.withLock { _ throws(Fault) in
            try ChildSpawn.spawn(
                arguments, environment: environment, workingFolder: nil,
                descriptors: [inputs.reading.descriptor, outputs.writing.descriptor, nowhere.descriptor] + inherited)
        }
        input = inputs.writing
        output = outputs.reading
    }

    deinit {
        // Its input ends with this object; somebody has to take note of its end.
        let pid = pid
        startThread {
            var ignored: Int32 = 0
            while unsafe waitpid(pid, &ignored, 0) < 0 && errno == EINTR {}
        }
    }

    /// A program that has gone becomes an error of `write`, on the thread that calls this.
    public static func blockBrokenPipeSignal() { ChildSpawn.blockPipeSignal() }

    /// Ends it at once.
    public func stop() { kill(pid, SIGKILL) }

    /// Writes all bytes to its standard input; throws when it has gone.
    public func write(_ bytes: Chunk) throws(Fault) { try input.write(bytes) }

    /// The next `count` bytes of its standard output; fewer when it has closed it.
    public func read(exactly count: Int) throws(Fault) -> [UInt8] { try output.readNext(exactly: count) }
}
