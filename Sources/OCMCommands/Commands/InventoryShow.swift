// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Repositories

/// `ocm inventory show FILE`
struct InventoryShow: Command {
    static let configuration = CommandConfiguration(
        "show", abstract: "Show what an inventory says; its signatures are not checked",
        examples: ["ocm inventory show enclave.inventory", "ocm inventory show enclave.inventory -o json"])

    @Argument(help: "the inventory", completion: .file) var file: String
    @Option(short: "o", help: "table, json or yaml; json and yaml give all digests") var output = OutputFormat.table

    func run(in context: OCMContext) async throws {
        let (inventory, signed) = try Inventory.read(file)
        context.present(signed.json, as: output) {
            var table = Table(columns: ["COMPONENT", "VERSIONS", "BLOBS", "BYTES"])
            for component in inventory.components {
                let bytes = component.blobs.values.reduce(Int64(0), &+)
                table.add([
                    component.name.text, component.versions.map(\.version.text).joined(separator: ", "),
                    "\(component.blobs.count)", "\(ByteCount(bytes))",
                ])
            }
            let names = signed.signatures.map { "“\($0.name)”" }.joined(separator: ", ")
            return "\(table.text())\(inventory.repository): \(inventory.summary); "
                + (names.isEmpty ? "not signed" : "signatures \(names), not checked")
        }
    }
}

/// `ocm inventory verify FILE`
struct InventoryVerify: Command {
    static let configuration = CommandConfiguration(
        "verify", abstract: "Verify the signature of an inventory",
        examples: ["ocm inventory verify enclave.inventory --public-key keys/enclave-public.pem"])

    @Argument(help: "the inventory", completion: .file) var file: String
    @Option(
        short: "k", help: "PEM file with the public key or certificate", valueName: "[NAME=]FILE", completion: .file)
    var publicKey: NamedFile
    @Option(short: "s", help: "the signature that must verify; default: any made with the key") var signature: String?
    @Option(short: "o", help: "text, json or yaml") var output = OutputFormat.text

    func run(in context: OCMContext) async throws {
        let (inventory, signed) = try Inventory.read(file)
        let key = try TrustResolver.publicKey(publicKey.path)
        let name = try signed.verify(with: key, name: publicKey.name ?? signature, source: file)
        let json: JSON = [
            "file": .string(file), "repository": .string(inventory.repository), "signature": .string(name),
            "key": .string(key.fingerprint.description), "verified": true,
        ]
        context.present(json, as: output) {
            "\(file): signature “\(name)” is by \(key.summary); \(inventory.repository) holds \(inventory.summary)"
        }
    }
}
