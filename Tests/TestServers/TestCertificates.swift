// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Certificates for test servers, made by the `openssl` program: a second opinion beside our own code.
public enum TestCertificates {
    /// Writes `ca.pem`, `ca-key.pem`, and, signed by it for `localhost` and 127.0.0.1, `server.pem`, `server-key.pem`,
    /// `client.pem` and `client-key.pem`.
    public static func make(in folder: String) async throws {
        let openssl = ServerProgram.find("openssl") ?? "openssl"
        func run(_ arguments: [String]) async throws {
            let result = try await ChildProcess.run([openssl] + arguments, workingFolder: folder)
            guard result.status == 0 else {
                throw Fault(.internal, "openssl: \(String(decoding: result.stderr, as: UTF8.self))")
            }
        }
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        try await run(
            ["req", "-x509"] + key + ["-subj", "/CN=Test authority", "-keyout", "ca-key.pem", "-out", "ca.pem"])
        for (name, usage) in [("server", "serverAuth"), ("client", "clientAuth")] {
            try await run(
                ["req", "-x509"] + key + [
                    "-subj", "/CN=\(name)", "-CA", "ca.pem", "-CAkey", "ca-key.pem", "-keyout", "\(name)-key.pem",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext", "basicConstraints=CA:FALSE",
                    "-addext", "extendedKeyUsage=\(usage)", "-out", "\(name).pem",
                ])
        }
    }
}
