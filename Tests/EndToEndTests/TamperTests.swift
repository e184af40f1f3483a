// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import TestServers
import Testing

/// One way to change an archive after it was signed.
struct Tampering: CustomTestStringConvertible {
    let testDescription: String
    /// What the error must name.
    let named: String
    let change: @Sendable (ArchiveEditor) throws -> Void

    init(_ name: String, names named: String, _ change: @escaping @Sendable (ArchiveEditor) throws -> Void) {
        (testDescription, self.named, self.change) = (name, named, change)
    }

    private static let leaf = "example.org/app/leaf"
    private static let product = "example.org/app/product"

    /// The text between two marks of the descriptor's signature gets another one.
    private static func signature(_ name: String, names: String, _ change: @escaping @Sendable (String) -> String)
        -> Tampering
    {
        Tampering("signature: \(name)", names: names) { archive in
            try archive.forgeDescriptor(product) { text in
                guard let start = text.firstRange(of: #""signatures":"#) else { return text }
                return String(text[..<start.lowerBound]) + change(String(text[start.lowerBound...]))
            }
        }
    }

    /// One of each kind, for places where all would take long.
    static let some = all.filter { tampering in
        [
            "signature: value", "signature: digest", "descriptor field", "reference's digest", "blob byte flipped",
            "blob truncated", "blobs of equal length swapped", "blob replaced, manifests forged",
            "manifest that is also an index", "tag moved to another version that is signed too",
        ].contains(tampering.testDescription)
    }

    static let all: [Tampering] = [
        signature("value", names: "release") { text in
            guard let start = text.firstRange(of: #""value":""#, after: #""signature":"#) else { return text }
            let place = start.upperBound
            return text.withOtherDigit(at: place)
        },
        signature("algorithm", names: "release") {
            $0.replacing("RSASSA-PSS", with: "RSASSA-PKCS1-V1_5").replacing("rsa.pss", with: "rsa")
        },
        signature("an algorithm nobody knows", names: "NONE") { $0.replacing("RSASSA-PSS", with: "NONE") },
        // The others agree on this descriptor: the same bytes are signed, whatever the name.
        signature("normalisation name", names: "release") {
            $0.replacing("jsonNormalisation/v4alpha1", with: "jsonNormalisation/v1")
        },
        signature("a normalisation nobody knows", names: "jsonNormalisation/v9") {
            $0.replacing("jsonNormalisation/v4alpha1", with: "jsonNormalisation/v9")
        },
        signature("hash algorithm", names: "release") { $0.replacing("SHA-256", with: "SHA-512") },
        signature("digest", names: "release") { text in
            guard let start = text.firstRange(of: #""value":""#) else { return text }
            let place = start.upperBound
            return text.withOtherDigit(at: place)
        },
        signature("removed", names: "release") { _ in #""signatures":[]}"# },
        Tampering("descriptor field", names: product) {
            try $0.forgeDescriptor(product) {
                $0.replacing(#""provider":"example.org""#, with: #""provider":"evil.example""#)
            }
        },
        Tampering("label that is signed", names: leaf) {
            try $0.forgeDescriptor(leaf) { $0.replacing(#""value":"public""#, with: #""value":"secret""#) }
        },
        Tampering("reference to another version", names: product) {
            try $0.forgeDescriptor(product) { text in
                text.replacing(
                    #""componentName":"\#(leaf)""#, with: #""componentName":"example.org/app/lead""#)
            }
        },
        Tampering("reference's digest", names: product) {
            try $0.forgeDescriptor(product) { text in
                guard let start = text.firstRange(of: #""value":""#, after: #""componentReferences":"#) else {
                    return text
                }
                let place = start.upperBound
                return text.withOtherDigit(at: place)
            }
        },
        Tampering("resource's digest excluded from the signature", names: leaf) { archive in
            try archive.forgeDescriptor(leaf) { text in
                text.replacing("genericBlobDigest/v1", with: "EXCLUDE-FROM-SIGNATURE")
                    .replacing("SHA-256", with: "NO-DIGEST")
            }
        },
        Tampering("access that says there is no content", names: leaf) { archive in
            try archive.forgeAccess(of: "data", in: leaf, #"{"type":"none"}"#)
        },
        Tampering("access of another resource", names: "left") { archive in
            let right = try archive.blob(of: "right", in: leaf)
            try archive.forgeAccess(
                of: "left", in: leaf,
                #"{"type":"localBlob","localReference":"\#(right)","mediaType":"application/octet-stream"}"#)
        },
        Tampering("key that is there twice", names: "descriptor") { archive in
            try archive.forgeDescriptor(leaf) { text in
                text.replacing(
                    #""provider":"example.org""#, with: #""provider":"example.org","provider":"evil.example""#)
            }
        },
        Tampering("descriptor that is none", names: leaf) { archive in
            try archive.forgeDescriptor(leaf) { text in text.replacing(#""name":"example.org/app/leaf","#, with: "") }
        },
        Tampering("descriptor that ends early", names: product) { archive in
            try archive.forgeDescriptor(product) { text in String(text.dropLast(9)) }
        },
        Tampering("blob byte flipped", names: "data") { archive in
            try archive.edit(archive.blob(of: "data", in: leaf)) { $0[20_000] ^= 1 }
        },
        Tampering("blob truncated", names: "data") { archive in
            try archive.edit(archive.blob(of: "data", in: leaf)) { $0.removeLast() }
        },
        Tampering("blob with a byte more", names: "data") { archive in
            try archive.edit(archive.blob(of: "data", in: leaf)) { $0.append(0) }
        },
        Tampering("blob emptied", names: "data") { archive in
            try archive.edit(archive.blob(of: "data", in: leaf)) { $0 = [] }
        },
        Tampering("blobs of equal length swapped", names: leaf) { archive in
            let left = try archive.blob(of: "left", in: leaf), right = try archive.blob(of: "right", in: leaf)
            let (leftBytes, rightBytes) = (try archive.bytes(left), try archive.bytes(right))
            try archive.edit(left) { $0 = rightBytes }
            try archive.edit(right) { $0 = leftBytes }
        },
        Tampering("blob replaced, manifests forged", names: "data") { archive in
            let old = try archive.blob(of: "data", in: leaf)
            try archive.substitute(old, Workshop.noise(40_000, seed: 99), descriptors: false)
        },
        Tampering("blob replaced, manifests and descriptor forged", names: leaf) { archive in
            let old = try archive.blob(of: "data", in: leaf)
            try archive.substitute(old, Workshop.noise(40_000, seed: 99))
        },
        Tampering("layer of an image flipped", names: "image") { archive in
            try archive.edit(Digest(of: Workshop.noise(20_000, seed: 4))) { $0[0] ^= 1 }
        },
        Tampering("layer of an image replaced, manifests forged", names: "image") { archive in
            try archive.substitute(
                Digest(of: Workshop.noise(20_000, seed: 4)), Workshop.noise(20_000, seed: 5), descriptors: false)
        },
        Tampering("manifest that is also an index", names: leaf) { archive in
            try archive.forgeManifest(of: leaf) { $0.dropLast() + #","layers":[]}"# }
        },
        Tampering("index that says it is a manifest", names: leaf) { archive in
            try archive.forgeManifest(of: leaf) {
                $0.replacing("vnd.oci.image.index.v1+json", with: "vnd.oci.image.manifest.v1+json")
            }
        },
        Tampering("tag moved to another version that is signed too", names: "1.1.0") { archive in
            let moved = try archive.manifest(of: leaf, "1.1.0")
            let right = try archive.manifest(of: leaf, "1.0.0")
            try archive.editIndex { text in
                text.replacing(
                    #""tag":"1.0.0","digest":"\#(right)""#, with: #""tag":"1.0.0","digest":"\#(moved)""#)
            }
        },
        Tampering("tag moved to another component that is signed too", names: product) { archive in
            let moved = try archive.manifest(of: leaf, "1.0.0").description
            try archive.editIndex { text in
                guard var index = try? JSON(parsing: Array(text.utf8), source: "the index").object,
                    let entries = index["artifacts"]?.array
                else { return text }
                // All that the leaf has, under the product's name, and nothing of its own.
                index["artifacts"] = .array(
                    entries.flatMap { entry -> [JSON] in
                        guard var other = entry.object, let name = other["repository"]?.string else { return [] }
                        guard name.hasSuffix(leaf) else { return [] }
                        if other["tag"] != nil && other["digest"]?.string != moved { return [entry] }
                        other["repository"] = .string(name.replacing(leaf, with: product))
                        return [entry, .object(other)]
                    })
                return String(decoding: JSON.object(index).encoded(), as: UTF8.self)
            }
        },
    ]
}

extension String {
    /// The first place of a text behind another.
    fileprivate func firstRange(of text: String, after mark: String) -> Range<Index>? {
        guard let start = firstRange(of: mark) else { return nil }
        return self[start.upperBound...].firstRange(of: text)
    }

    /// The text with another hexadecimal digit at one place.
    fileprivate func withOtherDigit(at place: Index) -> String {
        "\(self[..<place])\(self[place] == "0" ? "1" : "0")\(self[index(after: place)...])"
    }
}

@Suite("What was changed after signing is refused") struct TamperTests {
    /// Two signed versions of the product in one archive, built once.
    static let original = Task { () async throws -> Workshop in
        let workshop = try Workshop()
        try await workshop.build()
        try await workshop.buildNext()
        return workshop
    }

    static func tampered(_ tampering: Tampering) async throws -> (Workshop, archive: String, TemporaryFolder) {
        let workshop = try await original.value
        let folder = try TemporaryFolder(prefix: "tampered")
        let copied = try await ChildProcess.run(["cp", "-r", workshop.archive, "\(folder.path)/archive"])
        try #require(copied.status == 0)
        try tampering.change(ArchiveEditor(folder: "\(folder.path)/archive"))
        return (workshop, "\(folder.path)/archive", folder)
    }

    @Test("the archive as it was signed is accepted") func untouched() async throws {
        let workshop = try await Self.original.value
        let verdict = try await workshop.verify(workshop.archive)
        #expect(verdict.status == 0, "\(verdict.errors)")
        let target = try TemporaryFolder()
        let carried = try await workshop.transfer(workshop.archive, "\(target.path)/copy")
        #expect(carried.status == 0, "\(carried.errors)")
    }

    @Test("verify refuses it with exit code 3 and names it", arguments: Tampering.all)
    func verify(tampering: Tampering) async throws {
        let (workshop, archive, folder) = try await Self.tampered(tampering)
        let verdict = try await workshop.verify(archive)
        #expect(verdict.status == 3, "\(verdict.output)\(verdict.errors)")
        #expect(verdict.errors.contains(tampering.named), "\(verdict.errors)")
        #expect(verdict.errors.contains("fix:"), "\(verdict.errors)")
        withExtendedLifetime(folder) {}
    }

    @Test("a verified transfer refuses it with exit code 3, and no archive appears", arguments: Tampering.all)
    func transferToArchive(tampering: Tampering) async throws {
        let (workshop, archive, folder) = try await Self.tampered(tampering)
        for target in ["copy", "copy.tgz"] {
            let carried = try await workshop.transfer(archive, "\(folder.path)/\(target)")
            #expect(carried.status == 3, "\(carried.output)\(carried.errors)")
            let place = "\(folder.path)/\(target)"
            guard FileSystem.exists(place) else { continue }
            let listed = try await workshop.ocm("get", "cv", place)
            #expect(!listed.output.contains("1.0.0"), "\(listed.output)")
        }
    }

    @Test(
        "a verified transfer refuses it with exit code 3, and no tag appears in a registry",
        .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)))
    func transferToRegistry() async throws {
        let registry = try await RegistryServer()
        for (number, tampering) in Tampering.all.enumerated() {
            let (workshop, archive, folder) = try await Self.tampered(tampering)
            let target = "\(registry.url)/row-\(number)"
            let carried = try await workshop.transfer(archive, target)
            #expect(carried.status == 3, "\(tampering.testDescription): \(carried.output)\(carried.errors)")
            for component in ["leaf", "product"] {
                let listed = try await workshop.ocm("get", "cv", "\(target)//example.org/app/\(component)")
                #expect(!listed.output.contains("1.0.0"), "\(tampering.testDescription): \(listed.output)")
            }
            withExtendedLifetime(folder) {}
        }
    }
}
