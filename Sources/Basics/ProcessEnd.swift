// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Ends this process at once, without the handlers that libraries have left for its end.
///
/// OpenSSL's handler frees what threads that are still there may be using, which corrupts the heap now and then. All
/// our output is written without buffers, so that nothing is lost.
public func endProcess(_ status: Int32) -> Never { _exit(status) }
