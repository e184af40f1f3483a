// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import CommandLineKit
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Repositories

/// `ocm inventory create REPOSITORY [COMPONENT…]`
struct InventoryCreate: Command {
    static let configuration = CommandConfiguration(
        "create", abstract: "Write down which component versions and blobs a repository holds",
        discussion: """
            The receiver makes it and hands it to the sender, who leaves out of an archive what is there already: \
            `ocm transfer … --have FILE`. It names components, versions, digests and sizes, and no content. Sign it, so \
            that the sender can tell that it is the receiver's.
            """,
        examples: [
            "ocm inventory create registry.enclave/ocm --private-key keys/enclave-private.pem -O enclave.inventory",
            "ocm inventory create ./archive acme.org/sovereign/product -O product.inventory",
        ])

    @Argument(help: "the repository to look through") var repository: RepositoryLocator
    @Argument(help: "only these components; default: all", valueName: "COMPONENT") var components: [ComponentName] = []
    @Option(name: "output", short: "O", help: "the file to write", valueName: "FILE", completion: .file)
    var file: String
    @Option(
        short: "K", help: "PEM file with the private key to sign it with", valueName: "[NAME=]FILE", completion: .file)
    var privateKey: NamedFile?
    @Option(help: "the signature's name") var signature = "default"
    @Option(short: "j", help: "how many versions are read at once") var concurrencyLimit = 4

    mutating func validate() throws {
        guard (1...64).contains(concurrencyLimit) else { throw UsageError("--concurrency-limit must be 1 to 64") }
    }

    func run(in context: OCMContext) async throws {
        let key = try privateKey.map { try context.privateKey($0.path) }
        let source = try await context.connections.open(repository, .read)
        let (components, limit) = (components, concurrencyLimit)
        let inventory = try await context.withProgress { observer in
            try await InventoryTaker(source, concurrency: limit, observer: observer).take(components)
        }
        var signed = SignedDocument(inventory.json)
        if let key { try signed.sign(name: privateKey?.name ?? signature, key: key, scheme: key.usualScheme) }
        try FileSystem.write(signed.json.canonical(), to: file)
        let state = key.map { "signed with \($0.publicKey.summary)" } ?? "not signed"
        context.print("\(file): \(inventory.summary), \(state)")
    }
}

extension Inventory {
    /// `3 components, 7 versions, 120 blobs of 1.2 GiB`.
    var summary: String {
        let versions = components.reduce(0) { $0 + $1.versions.count }
        return "\(components.count) component\(components.count == 1 ? "" : "s"), "
            + "\(versions) version\(versions == 1 ? "" : "s"), "
            + "\(blobCount) blob\(blobCount == 1 ? "" : "s") of \(ByteCount(blobBytes))"
    }

    /// Reads a file with its signatures, which are not verified.
    static func read(_ path: String) throws(Fault) -> (inventory: Inventory, signed: SignedDocument) {
        try read(parsing: FileSystem.read(path, limit: sizeLimit), source: path)
    }
}

extension ComponentName: ArgumentValue {
    init(argument: String) throws { try self.init(argument) }
    static var allCompletions: [String] { [] }
    static var defaultValueName: String { "COMPONENT" }
    var argumentText: String { text }
}
