// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// A request as it came over the wire.
public struct WireRequest: Sendable {
    /// The method, and the target with its query.
    public let method: String
    public private(set) var target: String
    /// The fields in their order, with names in lower case.
    public private(set) var fields: [(name: String, value: String)]
    /// What came of the body.
    public internal(set) var body: [UInt8] = []
    /// Whether it reached the other origin.
    public let isForeign: Bool

    init?(head: [UInt8], isForeign: Bool) {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: true)
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        (method, target, self.isForeign) = (String(words[0]), String(words[1]), isForeign)
        fields = lines.dropFirst().compactMap { line in
            line.firstIndex(of: ":").map { (line[..<$0].lowercased(), line[$0...].dropFirst().trimmed) }
        }
    }

    /// The value of a field; nil when it is not there.
    public func field(_ name: String) -> String? { fields.first { $0.name == name.lowercased() }?.value }

    /// Lets a field be as if it had not come.
    mutating func forget(_ name: String) { fields.removeAll { $0.name == name.lowercased() } }

    /// Lets the query be as if it had not come.
    mutating func forgetQuery() { target = path }

    /// The path without its query.
    public var path: String { String(target.prefix { $0 != "?" }) }

    /// The decoded values of a name in the query.
    public func query(_ name: String) -> [String] { Self.items(target.drop { $0 != "?" }.dropFirst(), name) }

    /// The decoded values of a name in a form.
    func form(_ name: String) -> [String] { Self.items(String(decoding: body, as: UTF8.self)[...], name) }

    private static func items(_ text: Substring, _ name: String) -> [String] {
        text.split(separator: "&").compactMap { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts[0] == name ? decode(parts.count > 1 ? parts[1] : "") : nil
        }
    }

    private static func decode(_ text: Substring) -> String {
        var bytes: [UInt8] = [], rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What an honest registry would answer.
struct WireAnswer {
    var status: Int
    var fields: [(String, String)] = []
    var body: [UInt8] = []

    init(_ status: Int, _ fields: [(String, String)] = [], _ body: [UInt8] = []) {
        (self.status, self.fields, self.body) = (status, fields, body)
    }

    /// An error in the form of the distribution specification.
    static func error(_ status: Int, _ code: String) -> WireAnswer {
        WireAnswer(
            status, [("Content-Type", "application/json")],
            Array(#"{"errors":[{"code":"\#(code)","message":"said by the test registry"}]}"#.utf8))
    }

    mutating func set(_ name: String, _ value: String?) {
        fields.removeAll { $0.0.lowercased() == name.lowercased() }
        if let value { fields.append((name, value)) }
    }

    /// Status line and fields, with the empty line.
    func head(version: String = "HTTP/1.1") -> [UInt8] {
        let lines = ["\(version) \(status) Said"] + fields.map { "\($0.0): \($0.1)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }
}
