// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Cryptography
internal import Kubernetes
internal import KubernetesClient
internal import KubernetesStore
internal import Web

/// `sovereign api snapshot`
struct APISnapshot: Command {
    static let configuration = CommandConfiguration(
        "snapshot", abstract: "Write all objects of an API server into a file",
        discussion: """
            The file holds the state at one revision, whole, with its digest beside it (FILE.sha256). A server that runs is
            asked for it, as a member of system:masters; with --data it is taken from the folder of one that does not run.

            Secrets stay sealed: keep the key file (pki/sealing.keys) elsewhere, and the authority (pki) as well.
            """,
        examples: [
            "sovereign api snapshot backup.db --kubeconfig /var/lib/sovereign/api/admin.kubeconfig",
            "sovereign api snapshot backup.db --data /var/lib/sovereign/api",
        ])

    @Argument(help: "the file to write", valueName: "FILE", completion: .file) var file: String
    @Option(help: "the folder of a server that does not run", valueName: "DIR", completion: .folder) var data: String?
    @OptionGroup var cluster: ClusterOptions

    func run(in context: SovereignContext) async throws {
        let snapshot: StoreSnapshot
        if let data {
            let path = try APIStore.path(in: data)
            let store = try ObjectStore(path)
            do { snapshot = try await store.snapshot(to: file) } catch {
                await store.close()
                throw error
            }
            await store.close()
        } else {
            do { snapshot = try await received(cluster.client(context.environment)) } catch let status as APIStatus {
                throw Fault(status).during("taking a snapshot")
            }
        }
        context.terminal.output("\(file): revision \(snapshot.revision), \(snapshot.digest)\n")
    }

    private func received(_ client: KubernetesClient) async throws -> StoreSnapshot {
        try await client.receive(APIRequest(.post, "/sovereign/v1/snapshot")) { [file] headers, bytes in
            guard let field = headers["Repr-Digest"], field.hasPrefix("sha-256=:"), field.hasSuffix(":"),
                let digest = [UInt8](base64: String(field.dropFirst(9).dropLast()))
            else {
                throw Fault(
                    .unsupported, "the server gives no snapshots",
                    fix: "name a server of this program with --kubeconfig or --context")
            }
            return try await StoreSnapshot.receive(
                bytes, digest: Digest(algorithm: .sha256, hex: digest.hex), to: file)
        }
    }
}

/// Where the objects of an API server are.
enum APIStore {
    /// The file in a server's folder; throws `.notFound` when there is none.
    static func path(in folder: String) throws(Fault) -> String {
        let path = "\(folder)/objects.db"
        guard FileSystem.exists(path) else {
            throw Fault(.notFound, "there are no objects in \(folder)", fix: "name the folder that the server is given")
        }
        return path
    }

    /// The key file in a server's folder.
    static func keys(in folder: String) -> String { "\(folder)/pki/sealing.keys" }
}
