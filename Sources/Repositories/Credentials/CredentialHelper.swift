// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// A program `docker-credential-NAME` that keeps logins (Docker's credential helper protocol).
struct CredentialHelper {
    let program: String
    private let environment: Environment

    /// Names end up in a program name: only letters, digits, `-`, `_` and `.` are run.
    init(name: String, _ environment: Environment) throws(Fault) {
        guard !name.isEmpty, name.utf8.allSatisfy({ Self.allowed.contains($0) }), !name.hasPrefix(".") else {
            throw Fault(
                .invalid, "“\(name)” is no name of a credential helper", fix: "correct the Docker configuration")
        }
        (program, self.environment) = ("docker-credential-\(name)", environment)
    }
    private static let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.".utf8)

    /// The login the helper keeps for a registry; nil when it has none.
    func get(_ host: String) async throws -> Credential? {
        let result = try await run("get", input: host)
        guard result.status == 0 else {
            let said = String(decoding: result.stdout + result.stderr, as: UTF8.self).lowercased()
            // The protocol's own text for “no such entry”; it has no exit code of its own.
            if said.firstRange(of: "credentials not found") != nil { return nil }
            throw Fault(
                .unauthorized, "the credential helper \(program) failed for \(host)",
                fix: "run `echo \(host) | \(program) get` to see why")
        }
        let json = try JSON(parsing: result.stdout, source: "the answer of \(program)")
        guard let secret = json["Secret"]?.string else { return nil }
        let name = json["Username"]?.string ?? ""
        return Credential(name == "<token>" ? ["identityToken": secret] : ["username": name, "password": secret])
    }

    /// Gives the helper a login to keep.
    func store(_ host: String, username: String, secret: String) async throws {
        let entry: JSON = ["ServerURL": .string(host), "Username": .string(username), "Secret": .string(secret)]
        let result = try await run("store", input: String(decoding: entry.encoded(), as: UTF8.self))
        guard result.status == 0 else {
            throw Fault(.system, "the credential helper \(program) did not keep the login for \(host)")
        }
    }

    private func run(_ verb: String, input: String) async throws -> ChildProcess.Result {
        do {
            return try await ChildProcess.run(
                [program, verb], input: Array(input.utf8), environment: environment, deadline: .seconds(30),
                outputLimit: 1024 * 1024)
        } catch let fault as Fault where fault.code == .notFound {
            throw Fault(
                .notFound, "the Docker configuration names the credential helper \(program), which is not installed",
                fix: "install it, or remove “credsStore” and “credHelpers” from the configuration")
        }
    }
}
