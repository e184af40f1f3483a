// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Glibc

/// What carrying files to files must cost: every byte read once, digested once, written once, and flushed.
enum DiskLimit {
    /// Reads, digests and writes files one after the other on one thread; each is flushed when it is whole, as blobs of
    /// archives are.
    static func run(_ files: [String], to folder: String) throws -> MeasuredRun {
        let (start, before) = (ContinuousClock.now, processorTime())
        for path in files {
            let source = try FileHandle(reading: path)
            let copy = try AtomicFile(FileSystem.join(folder, FileSystem.lastPart(of: path)))
            var hasher = DigestHasher()
            while true {
                let piece = try source.readNext(upTo: 1 << 20)
                if piece.isEmpty { break }
                hasher.update(Chunk(piece))
                try copy.write(Chunk(piece))
            }
            guard hasher.finalize().hex == FileSystem.lastPart(of: path) else {
                throw Fault(.mismatch, "\(path) is not what its name says")
            }
            try copy.commit()
        }
        let wall = (ContinuousClock.now - start) / .seconds(1)
        return MeasuredRun(
            wall: wall, peakMemory: 0, peakMemorySharedOnce: 0, processor: processorTime() - before)
    }

    private static func processorTime() -> Double {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }
}
