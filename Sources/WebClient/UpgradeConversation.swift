// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Web

/// What a server answers that does not change to the protocol it was asked for.
public struct UpgradeRefusal: Error, Sendable {
    /// The status.
    public let status: Int
    /// The header fields.
    public let headers: HTTPHeaders
    /// The beginning of the body.
    public let body: [UInt8]
}

/// What a server has answered with 101.
struct UpgradeAnswer: Sendable {
    let chosen: String?
    let headers: HTTPHeaders
}

/// Something that the other side has said.
enum UpgradeEvent {
    case message(WebSocket.Message)
    /// Answered at once.
    case question(answer: [UInt8])
    /// The last; answered unless we have said the last before.
    case end(answer: [UInt8])
}

/// What is spoken on a connection after HTTP (RFC 9110 section 7.8).
protocol UpgradeConversation: Sendable {
    /// What messages call it.
    var thing: String { get }
    /// The request's bytes.
    func request(_ request: HTTPRequest, userAgent: String) throws(Fault) -> [UInt8]
    /// What the server has chosen with 101; throws `.corrupt` when that is no answer to the request.
    func chosen(_ headers: HTTPHeaders) throws(Fault) -> String?
    /// Takes bytes of the server.
    mutating func add(_ bytes: Chunk)
    /// The next thing that they say; nil until there are more.
    mutating func next() throws(Fault) -> UpgradeEvent?
    /// What is said at the end; empty where the end of the connection says it.
    var farewell: [UInt8] { get }
    /// What is said when nobody has said anything for long.
    var signOfLife: [UInt8] { get }
}

extension HTTPRequest {
    /// The bytes of a request that asks for another protocol, with further fields of our own.
    func upgrading(_ fields: [String], userAgent: String) throws(Fault) -> [UInt8] {
        let port = url.port.map { ":\($0)" } ?? ""
        let host = (url.host.contains(":") ? "[\(url.host)]" : url.host) + port
        var lines = [
            "\(method.name) \(url.path)\(url.query.map { "?\($0)" } ?? "") HTTP/1.1", "Host: \(host)",
            "Connection: Upgrade", "User-Agent: \(userAgent)",
        ]
        lines += fields
        for (name, value) in headers {
            guard HTTPToken.isValid(name) else {
                throw Fault(.invalid, "a header field for \(url.redacted) has a name that is no word")
            }
            lines.append("\(name): \(value)")
        }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }
}
