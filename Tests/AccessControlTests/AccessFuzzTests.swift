// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import OCI
import TestInputs
import Testing

@testable import AccessControl

@Suite("Damaged headers, files and requests") struct AccessFuzzTests {
    @Test("a damaged header is somebody's only by name and password", arguments: [1, 2] as [UInt64])
    func headers(seed: UInt64) {
        let samples = [
            AccessFixture.basic("alice", "correct-horse"), "Bearer eyJhbGciOiJub25lIn0.e30.AA", "Digest a=b",
        ]
        let tokens = ["Basic ", "Bearer ", " ", ":", "=", "\u{0}", "Kg=="]
        var mutator = ByteMutator(samples: samples.map { Array($0.utf8) }, tokens: tokens, seed: seed)
        for round in 0..<5000 {
            let text = String(decoding: mutator.next(), as: UTF8.self)
            switch AuthorizationHeader(text) {
            case .basic(let user, let password):
                #expect(Identity.isName(user) && !user.contains(":") && !password.contains(0), "round \(round)")
            case .bearer(let token): #expect(token.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "round \(round)")
            case .other, .malformed: break
            }
        }
    }

    @Test("a damaged file of passwords is refused with its line or read", arguments: [1, 2] as [UInt64])
    func passwords(seed: UInt64) {
        let text = "# users\n\(AccessFixture.alice)\n\n\(AccessFixture.bob)\n\(AccessFixture.carol)\n"
        let tokens = ["\n", ":", "$2y$", "$2b$17$", "$apr1$", "#", "\r\n", "\u{0}", "*"]
        var mutator = ByteMutator(samples: [Array(text.utf8)], tokens: tokens, seed: seed)
        for round in 0..<3000 {
            do throws(Fault) {
                #expect(try PasswordFile(parsing: mutator.next(), source: "f").count <= 400, "round \(round)")
            } catch {
                #expect(error.code == .invalid && error.message.hasPrefix("f:"), "round \(round): \(error)")
            }
        }
    }

    @Test("a damaged scope is refused or is one that is read the same again", arguments: [1, 2] as [UInt64])
    func scopes(seed: UInt64) throws {
        let samples = ["repository:team/app:pull,push", "registry:catalog:*", "repository(plugin):a/b:*"]
        var mutator = ByteMutator(
            samples: samples.map { Array($0.utf8) }, tokens: [":", ",", "*", "(", ")", "/", "..", " "], seed: seed)
        for round in 0..<5000 {
            guard let scope = try? TokenScope(String(decoding: mutator.next(), as: UTF8.self)) else { continue }
            if case .repository(let name, let actions) = scope.resource {
                #expect(ImageReference.isRepository(name), "round \(round)")
                if actions.isEmpty { continue }
            }
            #expect(try TokenScope(scope.description) == scope, "round \(round)")
        }
    }

    @Test(
        "damaged rules are refused with their place, and never allow what the right ones deny to nobody in particular")
    func rules() throws {
        let text = AccessFixture.rules
        let tokens = [
            "users", "allow", "[", "]", "{", "}", ": ", "\n", "- ", "**", "anonymous: false", "pull", "\"*\"",
        ]
        var mutator = ByteMutator(samples: [Array(text.utf8)], tokens: tokens, seed: 7)
        for round in 0..<2000 {
            let bytes = mutator.next()
            guard let document = try? YAML.document(bytes, source: "f") else { continue }
            do throws(Fault) {
                let configuration = try AccessConfiguration(document, folder: "/")
                #expect(
                    configuration.rules.allSatisfy { !$0.actions.isEmpty && !$0.repositories.isEmpty }, "round \(round)"
                )
            } catch {
                #expect(error.message.hasPrefix("f:") || error.message.hasPrefix("f "), "round \(round): \(error)")
            }
        }
    }

    @Test("damaged forms are refused or have few fields", arguments: [1, 2] as [UInt64])
    func forms(seed: UInt64) {
        let sample = Array("grant_type=password&username=a%20b&password=%C3%A4&scope=repository:a:pull+x".utf8)
        var mutator = ByteMutator(samples: [sample], tokens: ["&", "=", "%", "%0", "%zz", "+", "%00"], seed: seed)
        for _ in 0..<5000 {
            guard let form = FormFields(mutator.next()) else { continue }
            #expect(form.values("scope").count <= FormFields.countLimit)
        }
    }
}
