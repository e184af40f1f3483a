// SPDX-License-Identifier: Apache-2.0

public import Basics

/// Users with their passwords as `htpasswd -B` writes them: `name:$2y$…` on each line. Passwords are never shown.
///
/// Only bcrypt is taken: the other schemes of such files can be tried out by the billion.
public struct PasswordFile: Sendable, CustomStringConvertible, CustomReflectable {
    /// The most bytes of a file.
    public static let sizeLimit = 8 * 1024 * 1024
    /// The most users of a file.
    public static let userLimit = 100_000

    private let hashes: [String: BcryptHash]
    /// Checked for users that are not there, so that their names take as long as others.
    private let nobody: BcryptHash

    /// How many users there are.
    public var count: Int { hashes.count }
    /// How many users there are; never who or with what.
    public var description: String { "\(count) users" }
    /// What `description` says and no more.
    public var customMirror: Mirror { Mirror(self, children: ["count": count]) }

    /// No users.
    public init() { (hashes, nobody) = ([:], .ofNobody(cost: 10)) }

    /// Reads a file: users by line, empty lines and lines that start with `#` passed over.
    ///
    /// Throws `.invalid` with the number of the line for other schemes than `$2a$`, `$2b$` and `$2y$`, costs outside
    /// 4…16, damaged hashes, users that are given twice and names that nobody can have; `.limitExceeded` for too much.
    public init(parsing bytes: [UInt8], source: String) throws(Fault) {
        guard bytes.count <= Self.sizeLimit else {
            throw Fault(
                .limitExceeded, "\(source) is larger than \(ByteCount(Int64(Self.sizeLimit)))",
                fix: "let a token issuer look after so many users")
        }
        var hashes: [String: BcryptHash] = [:], costs: [Int: Int] = [:]
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let line = line.last == 0x0D ? line.dropLast() : line
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            let place = "\(source):\(index + 1)"
            let (user, hash) = try Self.entry(line, place)
            guard hashes.updateValue(hash, forKey: user) == nil else {
                throw Fault(.invalid, "\(place): the user “\(user)” is given twice", fix: "remove one of the two lines")
            }
            guard hashes.count <= Self.userLimit else {
                throw Fault(.limitExceeded, "\(source) holds more than \(Self.userLimit) users")
            }
            costs[hash.cost, default: 0] += 1
        }
        self.hashes = hashes
        nobody = .ofNobody(cost: costs.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 10)
    }

    private static func entry(_ line: ArraySlice<UInt8>, _ place: String) throws(Fault) -> (String, BcryptHash) {
        guard let text = String(validating: line, as: UTF8.self), let colon = text.utf8.firstIndex(of: 0x3A) else {
            throw Fault(
                .invalid, "\(place): the line is not a user, a colon and a hash",
                fix: "write it with: htpasswd -nB USER")
        }
        let user = String(text[..<colon])
        guard Identity.isName(user) else {
            throw Fault(
                .invalid, "\(place): no user can have this name", fix: "use 1 to 255 bytes without control characters")
        }
        do {
            return (user, try BcryptHash(String(text[text.utf8.index(after: colon)...])))
        } catch {
            throw fault(of: error, user, place)
        }
    }

    /// Never quotes what stands behind the colon.
    private static func fault(of refusal: BcryptHash.Refusal, _ user: String, _ place: String) -> Fault {
        let fix = "write it with: htpasswd -nB -C 10 \(user)"
        return switch refusal {
        case .otherScheme: Fault(.invalid, "\(place): the password of “\(user)” is not hashed with bcrypt", fix: fix)
        case .damaged: Fault(.invalid, "\(place): the bcrypt hash of “\(user)” is damaged", fix: fix)
        case .cost(let cost):
            Fault(
                .invalid,
                "\(place): the bcrypt hash of “\(user)” has the cost \(cost), outside"
                    + " \(BcryptHash.costs.lowerBound) to \(BcryptHash.costs.upperBound)", fix: fix)
        }
    }

    /// Whether there is a user.
    public func holds(_ user: String) -> Bool { hashes[user] != nil }

    /// Whether somebody's password is this one; takes as long for users that are not there.
    ///
    /// Blocks for tens of milliseconds and more, so it is called on threads made for that.
    public func accepts(_ user: String, password: [UInt8]) -> Bool {
        guard let hash = hashes[user] else {
            _ = nobody.matches(password)
            return false
        }
        return hash.matches(password)
    }
}
