// SPDX-License-Identifier: Apache-2.0

import Basics
import OCI
import Repositories
import Testing
import Web
import WebClient

@Suite("Plain HTTP is spoken on this machine, or when it is asked for") struct PlainTransportTests {
    @Test(
        "the scheme follows from the reference",
        arguments: [
            ("ghcr.io/a", "https"), ("10.0.0.1:5000/a", "https"), ("registry:5000/a", "https"), ("localhost/a", "http"),
            ("localhost:5000/a", "http"), ("127.0.0.1:5000/a", "http"), ("127.9.9.9:5000/a", "http"),
            ("[::1]:5000/a", "http"), ("http://ghcr.io/a", "http"), ("https://localhost:5000/a", "https"),
            // Names that only look like this machine.
            ("localhost.evil.org/a", "https"), ("127.0.0.1.evil.org/a", "https"), ("127.1:80/a", "https"),
            ("0x7f.0.0.1:80/a", "https"), ("[::2]:5000/a", "https"),
        ])
    func scheme(reference: String, expected: String) throws {
        let connections = RepositoryConnections(credentials: CredentialResolver(), http: HTTPClient())
        #expect(try connections.registry(for: ImageReference(reference)).origin.scheme == expected)
        guard case .registry(let origin, _) = try RepositoryLocator("oci::\(reference)").kind else {
            return #expect(Bool(false), "\(reference) is a registry")
        }
        #expect(origin.scheme == expected)
    }

    @Test(
        "Docker Hub is where it is, under each of its names",
        arguments: [
            ("docker.io/library/postgres:18", "registry-1.docker.io", "library/postgres"),
            ("docker.io/postgres", "registry-1.docker.io", "library/postgres"),
            ("index.docker.io/postgres", "registry-1.docker.io", "library/postgres"),
            ("registry-1.docker.io/a/b", "registry-1.docker.io", "a/b"),
            ("docker.io:5000/postgres", "docker.io", "postgres"), ("ghcr.io/postgres", "ghcr.io", "postgres"),
            ("docker.io.evil.org/postgres", "docker.io.evil.org", "postgres"),
        ])
    func hub(reference: String, host: String, repository: String) throws {
        let connections = RepositoryConnections(credentials: CredentialResolver(), http: HTTPClient())
        let reference = try ImageReference(reference)
        #expect(try connections.registry(for: reference).origin.host == host)
        #expect(reference.registryRepository == repository)
    }
}
