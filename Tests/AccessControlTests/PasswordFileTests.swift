// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@testable import AccessControl

@Suite("Files of passwords") struct PasswordFileTests {
    /// Published vectors of bcrypt.
    static let vectors: [(hash: String, password: String)] = [
        ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"),
        ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", "U*U*"),
        ("$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a", "U*U*U"),
        ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy", ""),
    ]

    @Test("a password is right for its hash under each of the three names", arguments: vectors.indices)
    func isRight(_ index: Int) throws {
        let (hash, password) = Self.vectors[index]
        for name in ["$2a$", "$2b$", "$2y$"] {
            let file = try PasswordFile(parsing: Array("u:\(name)\(hash.dropFirst(4))".utf8), source: "it")
            #expect(file.accepts("u", password: Array(password.utf8)), "\(name)")
            #expect(!file.accepts("u", password: Array("\(password)x".utf8)))
            #expect(!file.accepts("v", password: Array(password.utf8)))
        }
    }

    @Test("what htpasswd writes is read, with comments, empty lines and line ends of Windows")
    func file() throws {
        let text = "# users\r\n\r\n\(AccessFixture.alice)\r\n\n#\n\(AccessFixture.bob)"
        let file = try PasswordFile(parsing: Array(text.utf8), source: "htpasswd")
        #expect(file.count == 2)
        #expect(file.accepts("alice", password: Array("correct-horse".utf8)))
        #expect(file.accepts("bob", password: Array("battery".utf8)))
        #expect(!file.accepts("bob", password: Array("correct-horse".utf8)))
    }

    @Test("what the program htpasswd writes is read", .enabled(if: PasswordFileTests.program != nil))
    func writtenByProgram() async throws {
        for cost in ["4", "5", "8"] {
            let made = try await ChildProcess.run([Self.program ?? "", "-nbB", "-C", cost, "erin", "p w:ä"])
            let file = try PasswordFile(parsing: made.stdout, source: "htpasswd")
            #expect(file.accepts("erin", password: Array("p w:ä".utf8)))
            #expect(!file.accepts("erin", password: Array("p w".utf8)))
        }
    }

    static let program = ["/usr/bin/htpasswd", "/usr/local/bin/htpasswd"].first { FileSystem.exists($0) }
    static let hash = String(AccessFixture.alice.dropFirst("alice:".count))
    static let refused: [(what: String, line: String, reason: String)] = [
        ("MD5", "u:$apr1$gPjCEzTw$nS9L.ZHt.NKk9M/Tu/dz./", "not hashed with bcrypt"),
        ("SHA-1", "u:{SHA}EfatjsUqKYSrqv18O1FlA3hcIHI=", "not hashed with bcrypt"),
        ("crypt", "u:rl5FQKY5f3mGE", "not hashed with bcrypt"),
        ("plain text", "u:secret-text", "not hashed with bcrypt"),
        ("SHA-512", "u:$6$salt$abcdef", "not hashed with bcrypt"),
        ("the broken bcrypt of old", "u:$2x$\(hash.dropFirst(4))", "not hashed with bcrypt"),
        ("bcrypt without a letter", "u:$2$\(hash.dropFirst(4))", "not hashed with bcrypt"),
        ("no password", "u:", "not hashed with bcrypt"), ("a lock", "u:!", "not hashed with bcrypt"),
        ("a cost of 17", "u:$2y$17$\(hash.dropFirst(7))", "the cost 17"),
        ("a cost of 31", "u:$2y$31$\(hash.dropFirst(7))", "the cost 31"),
        ("a cost of 3", "u:$2y$03$\(hash.dropFirst(7))", "the cost 3"),
        ("a cost of letters", "u:$2y$xx$\(hash.dropFirst(7))", "damaged"),
        ("a hash that is cut", "u:\(hash.dropLast())", "damaged"), ("a hash with more", "u:\(hash)a", "damaged"),
        ("another field", "u:\(hash):x", "damaged"), ("a hash with a blank", "u:\(hash.dropLast()) ", "damaged"),
        ("no colon", "alice", "not a user"), ("no user", ":\(hash)", "no user can have this name"),
        ("everybody", "*:\(hash)", "no user can have this name"), ("a tab", "a\tb:\(hash)", "no user can have"),
        ("a NUL", "a\u{0}:\(hash)", "no user can have"),
        ("text that turns around", "a\u{202E}b:\(hash)", "no user can have"),
        ("a blank of no width", "bob\u{200B}:\(hash)", "no user can have"),
        ("a user twice", "bob:\(hash)", "given twice"),
        ("a name of 256 bytes", "\(String(repeating: "u", count: 256)):\(hash)", "no user can have"),
    ]

    @Test("a line that is not right is refused with its number and without what it holds", arguments: refused.indices)
    func isRefused(_ index: Int) {
        let (what, line, reason) = Self.refused[index]
        do throws(Fault) {
            _ = try PasswordFile(parsing: Array("\(AccessFixture.bob)\n# more\n\(line)\n".utf8), source: "htpasswd")
            Issue.record("\(what) was taken")
        } catch {
            #expect(error.message.hasPrefix("htpasswd:3: "), "\(what): \(error.message)")
            #expect(error.message.contains(reason), "\(what): \(error.message)")
            let said = "\(error.message) \(error.fix ?? "")"
            for secret in [Self.hash, "secret-text", "EfatjsUq", "nS9L", "rl5FQ"] { #expect(!said.contains(secret)) }
        }
    }

    @Test("of a password bcrypt looks at 72 bytes, so a longer one is wrong")
    func long() throws {
        let line = "long:$2y$04$I3s2We/Hb3NqlfOZ5aGJVezyeVYqUJQhfh.pn3Nu5ug3sfpPyONiq"
        let file = try PasswordFile(parsing: Array(line.utf8), source: "it")
        let letters = [UInt8](repeating: 0x61, count: 100)
        #expect(file.accepts("long", password: Array(letters.prefix(72))))
        #expect(!file.accepts("long", password: Array(letters.prefix(73))))
        #expect(!file.accepts("long", password: letters))
        #expect(!file.accepts("long", password: letters.prefix(72) + [0]))
    }

    @Test("a password with a NUL is not the one before it")
    func nul() throws {
        let file = try PasswordFile(parsing: Array(AccessFixture.alice.utf8), source: "it")
        #expect(!file.accepts("alice", password: Array("correct-horse".utf8) + [0]))
        #expect(!file.accepts("alice", password: Array("correct-horse\u{0}x".utf8)))
    }

    @Test("a password beyond ASCII is right")
    func unicode() throws {
        let line = "dave:$2y$04$3/nlc0LBvfF/upGQnrOgP.KfKg897OYV/B/8E/pzHgS8kK486ARXm"
        let file = try PasswordFile(parsing: Array(line.utf8), source: "it")
        #expect(file.accepts("dave", password: Array("pässwörd".utf8)))
    }

    @Test("nothing shows a hash")
    func descriptions() throws {
        let file = try PasswordFile(parsing: Array(AccessFixture.alice.utf8), source: "it")
        var dumped = "\(file)"
        dump(file, to: &dumped)
        dump(try BcryptHash(Self.hash), to: &dumped)
        #expect(!dumped.contains("6PhGcobv") && !dumped.contains("alice"))
    }
}
