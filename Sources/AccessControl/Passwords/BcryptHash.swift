// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CCrypt
internal import Cryptography
internal import Glibc

/// A password as bcrypt stores it (crypt(5)): `$2b$`, the cost in two digits, salt and hash. Never shown.
struct BcryptHash: Sendable, CustomStringConvertible, CustomReflectable {
    /// Each step of cost doubles the time; 16 takes some seconds.
    static let costs = 4...16
    /// bcrypt looks at no more bytes of a password, so a longer one would be the same as its start.
    static let passwordLimit = 72

    private let text: String
    let cost: Int

    var description: String { "bcrypt hash of cost \(cost)" }
    var customMirror: Mirror { Mirror(self, children: ["cost": cost]) }

    /// Why a text is no hash that is taken.
    enum Refusal: Error {
        case otherScheme
        case damaged
        case cost(Int)
    }

    init(_ text: String) throws(Refusal) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 4, ["$2a$", "$2b$", "$2y$"].contains(String(decoding: bytes[..<4], as: UTF8.self)) else {
            throw .otherScheme
        }
        guard bytes.count == 60, bytes[6] == UInt8(ascii: "$"), bytes[4...5].allSatisfy({ (0x30...0x39).contains($0) }),
            bytes[7...].allSatisfy({
                (0x2E...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
            })
        else { throw .damaged }
        let cost = Int(bytes[4] - 0x30) * 10 + Int(bytes[5] - 0x30)
        guard Self.costs.contains(cost) else { throw .cost(cost) }
        (self.text, self.cost) = (text, cost)
    }

    private init(unknown cost: Int) {
        (text, self.cost) = ("$2b$\(cost < 10 ? "0" : "")\(cost)$" + String(repeating: ".", count: 53), cost)
    }

    /// A hash that no password has and that takes as long to find that out.
    static func ofNobody(cost: Int) -> BcryptHash { BcryptHash(unknown: cost) }

    /// Whether a password has this hash. Takes tens of milliseconds and more, by its cost: never called on a thread
    /// that serves others. False for passwords that are longer than 72 bytes or hold a NUL.
    func matches(_ password: [UInt8]) -> Bool {
        guard password.count <= Self.passwordLimit, !password.contains(0) else { return false }
        guard let computed = Self.crypt(password, setting: text) else { return false }
        // The hash of nobody is one that bcrypt could compute only by a miracle; it is no hash of a user either.
        return ConstantTime.areEqual(computed, Array(text.utf8))
    }

    private static func crypt(_ password: [UInt8], setting: String) -> [UInt8]? {
        let size = MemoryLayout<crypt_data>.size
        let data = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        // The phrase with its NUL, in memory that is wiped.
        let phrase = UnsafeMutablePointer<CChar>.allocate(capacity: passwordLimit + 1)
        unsafe data.initializeMemory(as: UInt8.self, repeating: 0)
        unsafe phrase.initialize(repeating: 0, count: passwordLimit + 1)
        defer {
            unsafe explicit_bzero(data.baseAddress!, size)
            unsafe explicit_bzero(phrase, passwordLimit + 1)
            unsafe data.deallocate()
            unsafe phrase.deallocate()
        }
        for (index, byte) in password.enumerated() { unsafe phrase[index] = CChar(bitPattern: byte) }
        guard let output = unsafe crypt_rn(phrase, setting, data.baseAddress, Int32(size)) else { return nil }
        return unsafe Array(UnsafeRawBufferPointer(start: output, count: strnlen(output, Int(CRYPT_OUTPUT_SIZE))))
    }
}
