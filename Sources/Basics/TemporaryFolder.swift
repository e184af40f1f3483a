// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A folder of our own that is removed, with all in it, when its last owner lets go.
public final class TemporaryFolder: Sendable {
    /// Where it is; readable and writable by this user alone.
    public let path: String
    private let reservations = Guarded<[DiskReservation]>([])

    /// Makes a folder in `parent`, by default `$TMPDIR` or `/tmp`.
    public init(in parent: String? = nil, prefix: String = "sovereign") throws(Fault) {
        let base = parent ?? Environment.process["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        let random = UInt64.random(in: .min ... .max)
        path = FileSystem.join(base, "\(prefix)-\(String(random, radix: 36))")
        guard unsafe mkdir(path, 0o700) == 0 else { throw Fault.system(errno, "make folder \(path)") }
    }

    /// Keeps space on disk as long as the folder is there.
    func keep(_ reservation: DiskReservation) { reservations.withLock { $0.append(reservation) } }

    deinit { try? FileSystem.remove(path) }
}
