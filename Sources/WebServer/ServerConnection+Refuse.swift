// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CMicroHTTPD
internal import Web

extension ServerConnection {
    /// Sends an answer in the middle of a body, of which more is to come than is worth waiting for; the connection is
    /// closed then. False when it could not be sent whole.
    ///
    /// libmicrohttpd takes an answer before a body or behind it, not in between. It has sent nothing of one by then, and
    /// all of `100 Continue` if that was asked for, so what is written here is what it would have written.
    func refuseBody(_ response: ServerResponse) -> Bool {
        guard let bytes = wireForm(of: response), handle.send(bytes) else { return false }
        (leavesBody, hasRefused) = (true, true)
        let sent = response.hasBody(isHead: running?.method == .head) ? response.body.length ?? 0 : 0
        running?.status = response.status
        running?.sent = sent
        return true
    }

    /// An answer as it goes over the wire; nil when its body is not in memory.
    private func wireForm(of response: ServerResponse) -> [UInt8]? {
        guard case .bytes(let body) = response.body else { return nil }
        // Proof: the text is a constant of the library, or empty; the date is ended with NUL within its 30 bytes.
        let reason = unsafe MHD_get_reason_phrase_for(UInt32(response.status)).map { unsafe String(cString: $0) }
        var head = "HTTP/1.1 \(response.status) \(reason ?? "Unknown")\r\n"
        var date = [CChar](repeating: 0, count: 30)
        if response.headers["Date"] == nil, unsafe sovereign_http_date(&date) {
            head += "Date: \(String(decoding: date.prefix { $0 != 0 }.map { UInt8($0) }, as: UTF8.self))\r\n"
        }
        for (name, value) in response.headers where !ResponseHandle.isOurs(name) && !value.isEmpty {
            head += "\(name): \(value)\r\n"
        }
        if loop.core.settings.sendsRequestID, let id = running?.id { head += "X-Request-Id: \(id)\r\n" }
        head += "Connection: close\r\n"
        let hasBody = response.hasBody(isHead: running?.method == .head)
        if response.status != 204, response.status != 304 { head += "Content-Length: \(body.count)\r\n" }
        return Array((head + "\r\n").utf8) + (hasBody ? body : [])
    }
}
