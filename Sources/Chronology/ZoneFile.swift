// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The largest file that is read; the largest of the database has less than 4 KiB.
private let largestZoneFile = 64 * 1024

/// The bytes of a regular file of moderate size; nil for everything else.
func readZoneFile(_ path: String) -> [UInt8]? {
    // A pipe in the folder must not make the reader wait.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        (1...largestZoneFile).contains(Int(status.st_size))
    else { return nil }
    let size = Int(status.st_size)
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
        while filled < size {
            let got = unsafe read(descriptor, buffer.baseAddress! + filled, size - filled)
            if got < 0 && errno == EINTR { continue }
            if got <= 0 { return }
            filled += got
        }
    }
    return bytes.count == size ? bytes : nil
}
