// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Web

extension HTTPRequest {
    /// The request that a redirect asks for (RFC 9110 section 15.4), without what must not leave its origin.
    func redirected(to location: String, status: Int) throws(Fault) -> HTTPRequest {
        // 301, 302 and 303 would turn a write into a read, and its success would be none.
        guard method.isSafe || status == 307 || status == 308 else {
            throw Fault(
                .invalid, "\(self) is answered with the redirect \(status), which is not followed for \(method)",
                fix: "use the address behind the redirect")
        }
        var next = self
        do throws(Fault) {
            next.url = try url.resolving(location)
        } catch {
            throw error.during("\(url.redacted) is redirected")
        }
        guard url.scheme != "https" || next.url.scheme == "https" else {
            throw Fault(
                .invalid, "\(url.redacted) is redirected from HTTPS to plain HTTP, which is refused",
                fix: "use the address behind the redirect if you trust it")
        }
        if next.url.origin != url.origin {
            for name in ["Authorization", "Proxy-Authorization", "Cookie", "Host"] + sensitiveHeaders {
                next.headers[name] = nil
            }
        }
        return next
    }
}
