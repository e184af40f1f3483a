// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography

/// Tokens that do not change and whose they are: a file with lines of `token,user,uid` or `token,user,uid,"group,group"`.
///
/// Only digests of the tokens are kept, and looking one up takes the same time whichever it is.
public struct TokenFile: Sendable, CustomStringConvertible, CustomReflectable {
    private struct Entry: Sendable {
        let digest: [UInt8]
        let user: UserInfo
    }
    private let entries: [Entry]

    /// The most bytes of a file.
    public static let sizeLimit = 1 << 20
    /// The most tokens of a file.
    public static let countLimit = 1000
    /// The fewest characters of a token: 128 bits take 22 in Base64.
    public static let shortestToken = 16

    /// How many tokens there are; never the tokens.
    public var description: String { "\(entries.count) tokens" }
    /// What `description` says and no more.
    public var customMirror: Mirror { Mirror(self, children: ["tokens": entries.count]) }

    /// Reads a file; throws `.forbidden` when others may read it, and what `init(parsing:)` throws.
    public init(_ path: String) throws(Fault) {
        try self.init(parsing: SecretFile.read(path, limit: Self.sizeLimit), source: path)
    }

    /// Reads lines; empty ones are passed over.
    ///
    /// Throws `.invalid` with the number of the line for whatever is not as above: fewer than three or more than four
    /// fields, an empty name or group, a token that is shorter than 16 characters or not of visible ASCII, a token that
    /// is there twice. No token is in the message.
    public init(parsing bytes: [UInt8], source: String) throws(Fault) {
        guard bytes.count <= Self.sizeLimit, let text = String(validating: bytes, as: UTF8.self) else {
            throw Fault(.invalid, "\(source) is too large or no UTF-8", fix: "write lines of token,user,uid")
        }
        var entries: [Entry] = []
        var known: [[UInt8]: Int] = [:]
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (number, line) in zip(1..., lines) {
            let content = line.last == 0x0D ? line.dropLast() : line
            guard !content.isEmpty else { continue }
            let user: UserInfo, token: [UInt8]
            do throws(BadLine) { (token, user) = try Self.entry(Array(content)) } catch {
                throw Fault(
                    .invalid, "line \(number) of \(source) \(error.reason)",
                    fix: #"write it as token,user,uid or token,user,uid,"group,group""#)
            }
            let digest = Digest(of: token).bytes
            if let first = known.updateValue(number, forKey: digest) {
                throw Fault(
                    .invalid, "lines \(first) and \(number) of \(source) have the same token",
                    fix: "give each user a token of his own")
            }
            entries.append(Entry(digest: digest, user: user))
            guard entries.count <= Self.countLimit else {
                throw Fault(.limitExceeded, "\(source) holds more than \(Self.countLimit) tokens")
            }
        }
        self.entries = entries
    }

    /// The user of a token; nil when it is nobody's.
    public func user(of token: String) -> UserInfo? {
        let digest = Digest(of: Array(token.utf8)).bytes
        var found: UserInfo?
        // All are compared, so that the time does not tell where it stands.
        for entry in entries where ConstantTime.areEqual(entry.digest, digest) { found = entry.user }
        return found
    }

    private struct BadLine: Error { let reason: String }

    private static func entry(_ line: [UInt8]) throws(BadLine) -> ([UInt8], UserInfo) {
        let fields = try fields(of: line)
        guard (3...4).contains(fields.count) else { throw BadLine(reason: "has \(fields.count) fields") }
        let token = fields[0]
        guard token.count >= shortestToken, token.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw BadLine(reason: "has a token of fewer than \(shortestToken) visible characters")
        }
        let texts = fields.dropFirst().map { String(decoding: $0, as: UTF8.self) }
        guard !texts[0].isEmpty, texts.allSatisfy({ $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }) else {
            throw BadLine(reason: "names no user, or has characters that do not belong there")
        }
        var groups: [String] = []
        if texts.count == 3, !texts[2].isEmpty {
            groups = texts[2].split(separator: ",", omittingEmptySubsequences: false).map(\.trimmed)
            guard !groups.contains("") else { throw BadLine(reason: "has a group without a name") }
        }
        return (token, UserInfo(texts[0], uid: texts[1], groups: groups).authenticated)
    }

    /// The fields of a line of comma-separated values (RFC 4180); quoted ones do not go beyond the line.
    private static func fields(of line: [UInt8]) throws(BadLine) -> [[UInt8]] {
        let comma = UInt8(ascii: ","), quote = UInt8(ascii: "\"")
        var fields: [[UInt8]] = [], place = 0
        while true {
            var field: [UInt8] = []
            if place < line.count, line[place] == quote {
                place += 1
                while true {
                    guard place < line.count else { throw BadLine(reason: "has a quotation mark without its end") }
                    if line[place] != quote {
                        field.append(line[place])
                        place += 1
                    } else if place + 1 < line.count, line[place + 1] == quote {
                        field.append(quote)
                        place += 2
                    } else {
                        break
                    }
                }
                place += 1
                guard place == line.count || line[place] == comma else {
                    throw BadLine(reason: "has text behind a quoted field")
                }
            } else {
                while place < line.count, line[place] != comma {
                    guard line[place] != quote else { throw BadLine(reason: "has a quotation mark in a plain field") }
                    field.append(line[place])
                    place += 1
                }
            }
            fields.append(field)
            guard fields.count <= 4 else { throw BadLine(reason: "has more than 4 fields") }
            guard place < line.count else { return fields }
            place += 1
        }
    }
}
