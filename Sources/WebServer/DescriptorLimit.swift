// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// How many files and sockets the process may have open.
enum DescriptorLimit {
    /// Raises the process's own limit, as far as it may, so that so many connections fit, and so many that linger: each may have a file open for
    /// its answer, and the rest of the program needs some.
    static func raise(forConnections connections: Int, lingering: Int) {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit) == 0 else { return }
        let wanted = rlim_t(max(0, connections)) * 2 + rlim_t(max(0, lingering)) + 256
        guard limit.rlim_cur < wanted, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = min(wanted, limit.rlim_max)
        unsafe setrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
    }
}
