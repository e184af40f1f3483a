// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import COpenSSL

/// What OpenSSL put into this thread's error queue, as one text; nil when it was empty.
///
/// The queue is empty afterwards, so the next caller does not get our errors.
func drainOpenSSLErrors() -> String? {
    var texts: [String] = []
    while true {
        let code = ERR_get_error()
        guard code != 0 else { break }
        var buffer = [CChar](repeating: 0, count: 256)
        unsafe ERR_error_string_n(code, &buffer, buffer.count)
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        texts.append(String(decoding: bytes, as: UTF8.self))
    }
    return texts.isEmpty ? nil : texts.joined(separator: "; ")
}

/// A fault with OpenSSL's own reason as its cause, when it gave one.
func openSSLFault(_ code: Fault.Code, _ message: String, fix: String? = nil) -> Fault {
    Fault(code, message, fix: fix, cause: drainOpenSSLErrors().map { Fault(code, $0) })
}
