// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension Fault {
    /// What the operating system said about a path or a descriptor: a sentence with the thing in it, and a way out.
    ///
    /// - Parameters:
    ///   - number: `errno`, read straight after the call.
    ///   - activity: what was tried, such as `open ./a.txt`.
    public static func system(_ number: Int32, _ activity: String) -> Fault {
        let reason = unsafe String(cString: strerror(number)).lowercased()
        let message = "cannot \(activity): \(reason)"
        return switch number {
        case ENOENT: Fault(.notFound, message, fix: "check the path")
        case EACCES, EPERM: Fault(.forbidden, message, fix: "check owner and permission bits")
        case ENOSPC, EDQUOT:
            Fault(
                .diskFull, message, fix: "free some space and run the same command again; nothing half-written is kept")
        case EFBIG:
            Fault(.system, message, fix: "raise the limit of file sizes (ulimit -f), or choose another file system")
        case EISDIR: Fault(.invalid, message, fix: "name a file, not a folder")
        case ENOTDIR: Fault(.invalid, message, fix: "a part of the path is a file where a folder should be")
        case EMFILE, ENFILE: Fault(.system, message, fix: "raise the limit of open files (ulimit -n)")
        case EEXIST: Fault(.conflict, message)
        case ELOOP: Fault(.invalid, message, fix: "a symbolic link is not followed here; use the real path")
        default: Fault(.system, message)
        }
    }
}
